// Progressive enhancement only: without this file the button "Count again" does the same.
// Counts along while one chooses whom a mailing is meant for.
"use strict";

(() => {
  const WAIT = 350;
  const form = document.querySelector("#audience-rule");
  const place = document.querySelector("#audience-counted");
  if (!form || !place) return;
  let timer = 0;
  let newest = 0;

  const count = async () => {
    const number = ++newest;
    try {
      const answer = await fetch(form.dataset.count, { method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "error" });
      if (!answer.ok || number !== newest) return;
      place.innerHTML = await answer.text();
    } catch {
      // the button still counts
    }
  };
  place.setAttribute("aria-live", "polite");
  form.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(count, WAIT);
  });
})();
