// The review queue by keys. Every key presses a control that is on the page; without this file they are pressed.
(() => {
  "use strict";
  const cards = [...document.querySelectorAll("[data-pair]")];
  const SAYS = { 1: "s", 2: "n", 3: "u", s: "s", n: "n", u: "u", l: "l" };
  let at = Math.max(0, cards.findIndex((card) => `#${card.id}` === window.location.hash));

  const go = (index) => {
    if (!cards.length) return;
    at = Math.max(0, Math.min(index, cards.length - 1));
    cards[at].focus({ preventScroll: true });
    cards[at].scrollIntoView({ block: "center" });
  };
  cards.forEach((card, index) => card.addEventListener("focusin", () => { at = index; }));
  if (cards.length && document.activeElement === document.body) cards[at].focus({ preventScroll: !window.location.hash });

  const takeBack = () => {
    const undo = [...document.querySelectorAll(".notices form[action*='/review/']")].filter((form) => form.action.includes("/undo"));
    if (undo.length) undo[undo.length - 1].requestSubmit();
  };
  const press = (key) => {
    if (key === "j") return go(at + 1);
    if (key === "k") return go(at - 1);
    if (key === "z") return takeBack();
    const control = cards.length && cards[at].querySelector(`[data-say="${SAYS[key]}"]`);
    if (!control) return undefined;
    if (key === "l" && at < cards.length - 1) return go(at + 1);
    return control.click();
  };
  document.addEventListener("wmcrm:key", (event) => {
    if (/^[123snulzjk]$/.test(event.detail)) press(event.detail);
  });
})();
