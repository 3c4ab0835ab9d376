// Progressive enhancement only: without this file a link on the page shows the numbers of now.
// While a sending goes on its numbers are asked anew every few seconds; when it changes its state the page is, once.
"use strict";

(() => {
  const EVERY = 3000;
  const PATIENCE = 60000; // the longest wait after faults in a row
  const place = document.querySelector("[data-live]");
  if (!place) return;

  const stateOf = (element) => element.querySelector("[data-run-state]")?.dataset.runState;
  const began = stateOf(place);
  let wait = EVERY;

  const show = (words) => {
    const fresh = document.createElement("div");
    fresh.innerHTML = words;
    const state = stateOf(fresh);
    if (!state) throw new Error("no numbers in the answer"); // a page to log in, for example
    if (state !== began) {
      location.reload();
      return;
    }
    const focused = place.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    place.replaceChildren(...fresh.childNodes);
    if (focused) [...place.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus();
  };

  const ask = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(place.dataset.live, { credentials: "same-origin", redirect: "error" });
        if (!answer.ok) throw new Error(answer.status);
        show(await answer.text());
        wait = EVERY;
      } catch {
        wait = Math.min(wait * 2, PATIENCE);
      }
    }
    setTimeout(ask, wait);
  };
  setTimeout(ask, EVERY);
})();
