// The import workbench with keys and dropping. Without this file the forms do the same, with more presses.
(() => {
  "use strict";
  const drop = document.querySelector("[data-drop]");
  if (drop) {
    const input = drop.querySelector("input[type=file]");
    const over = (on) => (event) => { event.preventDefault(); drop.classList.toggle("drop--over", on); };
    document.addEventListener("dragover", over(true));
    document.addEventListener("dragleave", over(false));
    document.addEventListener("drop", (event) => {
      over(false)(event);
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      drop.requestSubmit();
    });
    input.addEventListener("change", () => { if (input.files.length) drop.requestSubmit(); });
    document.addEventListener("paste", (event) => {
      if (event.clipboardData.files.length) { input.files = event.clipboardData.files; drop.requestSubmit(); }
    });
  }

  // A second press of Import is harmless on the server; here it is not even sent.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once], [data-drop]")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("[data-sent]").forEach((form) => { delete form.dataset.sent; });
  });

  const form = document.querySelector("[data-cards]");
  if (!form) return;
  const cards = [...form.querySelectorAll("[data-card]")];
  const status = form.querySelector("[data-card-status]");
  const effect = document.getElementById("effect");
  const undo = [];
  let at = 0;
  let sending = Promise.resolve();
  let waiting = 0;

  const go = (index) => {
    at = Math.max(0, Math.min(index, cards.length - 1));
    cards[at].focus({ preventScroll: true });
    cards[at].scrollIntoView({ block: "center" });
  };
  const chosen = (card) => card.querySelector("input[type=radio]:checked");

  // One row is sent at a time, in order; what the import would do comes back.
  const send = (card) => {
    const row = card.dataset.card;
    const body = new FormData();
    body.append("csrf_token", form.querySelector("[name=csrf_token]").value);
    body.append("part", "effect");
    body.append(`decision-${row}`, chosen(card).value);
    body.append(`offered-${row}`, card.querySelector(`[name="offered-${row}"]`).value);
    waiting += 1;
    sending = sending.then(() => fetch(form.action, { method: "POST", body })).then(async (answer) => {
      if (!answer.ok) throw new Error(String(answer.status));
      const text = await answer.text();
      effect.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
    }).catch(() => { status.textContent = form.dataset.failed; }).finally(() => { waiting -= 1; });
  };
  // Import waits for the decisions that are still on their way.
  effect.addEventListener("submit", (event) => {
    if (!waiting) return;
    event.preventDefault();
    event.stopPropagation();
    sending.then(() => { const ready = effect.querySelector("form"); if (ready) ready.requestSubmit(); });
  });
  const choose = (card, key) => {
    const radio = card.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!radio) return false;
    undo.push([card, chosen(card)]);
    radio.checked = true;
    send(card);
    return true;
  };
  const back = () => {
    const last = undo.pop();
    if (!last) return;
    last[1].checked = true;
    send(last[0]);
    go(cards.indexOf(last[0]));
  };

  form.addEventListener("focusin", (event) => {
    const card = event.target.closest("[data-card]");
    if (card) at = cards.indexOf(card);
  });
  form.addEventListener("change", (event) => {
    const card = event.target.closest("[data-card]");
    if (card) send(card);
  });

  const keysAreOn = () => localStorage.getItem("wmcrm-keys-off") !== "1";
  // A radio button takes no letters: our keys work while one has the focus, but in no other field.
  const writesInto = (node) => node.matches("textarea, select, input:not([type=radio]):not([type=checkbox])") || node.isContentEditable;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keysAreOn() || writesInto(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    const moves = { j: () => go(at + 1), k: () => go(at - 1), z: back };
    const decides = /^[123nl]$/.test(key);
    if (moves[key]) moves[key]();
    else if (!decides) return;
    else if (choose(cards[at], key)) go(at + 1);
    else return;
    event.preventDefault();
  });
})();
