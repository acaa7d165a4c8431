// What pages do beyond forms and links: keys, confirmation, dialogs. Nothing here is needed to work.
(() => {
  "use strict";
  document.documentElement.classList.add("has-script");

  const KEYS_OFF = "wmcrm-keys-off";
  const root = document.documentElement;
  const keysAreOn = () => root.dataset.keys !== "off" && localStorage.getItem(KEYS_OFF) !== "1";
  const writesInto = (node) =>
    node instanceof HTMLElement && (node.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName));
  const dialog = (id) => document.getElementById(id);

  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("select[data-submit]")) event.target.form.requestSubmit();
    if (event.target.matches("[data-shortcuts-on]")) {
      if (event.target.checked) localStorage.removeItem(KEYS_OFF);
      else localStorage.setItem(KEYS_OFF, "1");
    }
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) dialog(opener.dataset.open).showModal();
    const closer = event.target.closest("[data-close]");
    if (closer) closer.closest("dialog").close();
  });

  document.querySelectorAll("[data-shortcuts-on]").forEach((box) => { box.checked = keysAreOn(); });

  // Where letters are not Latin the key counts, not what is written on it: keys are the same in every language.
  const keyOf = (event) => {
    if (event.key.length > 1 || /[ -~]/.test(event.key)) return event.key;
    if (event.code === "Slash") return event.shiftKey ? "?" : "/";
    const place = /^(?:Key|Digit)(.)$/.exec(event.code);
    return place ? place[1].toLowerCase() : event.key;
  };

  let waitsForLetter = false;
  const press = {
    "?": () => dialog("keyboard").showModal(),
    "/": () => {
      const field = document.querySelector("[data-search]");
      if (field) field.focus();
    },
    g: () => {
      waitsForLetter = true;
      setTimeout(() => { waitsForLetter = false; }, 1500);
    },
  };

  document.addEventListener("keydown", (event) => {
    const closed = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (closed) closed.open = false;
    if (event.ctrlKey || event.metaKey || event.altKey || writesInto(event.target) || !keysAreOn()) return;
    if (document.querySelector("dialog[open]")) return;
    const key = keyOf(event);
    if (waitsForLetter) {
      waitsForLetter = false;
      const link = document.querySelector(`[data-shortcut="${CSS.escape(key)}"]`);
      if (link) { event.preventDefault(); link.click(); return; }
    }
    const action = press[key];
    if (action) { event.preventDefault(); action(); return; }
    // A screen with keys of its own hears those that are meant for it: never from a field, never when off.
    document.dispatchEvent(new CustomEvent("wmcrm:key", { detail: key }));
  });
})();
