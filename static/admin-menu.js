// Progressive enhancement only: without this file a group of the menu closes by its own button.
"use strict";

(() => {
  const open = () => document.querySelector("#portal-nav details[open]");

  document.addEventListener("click", (event) => {
    const group = open();
    if (group && !group.contains(event.target)) group.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const group = event.key === "Escape" && open();
    if (!group) return;
    group.open = false;
    group.querySelector("summary").focus();
  });
})();
