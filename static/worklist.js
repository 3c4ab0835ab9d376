// Progressive enhancement only: without this file every row, box and page is reached by Tab. Keys: j k x ?, and Enter on a row's link.
"use strict";

(() => {
  const OFF = "worklist-keys-off";
  const help = document.querySelector("#worklist-keys");
  const toggle = help?.querySelector("[data-keys-switch]");
  const rows = [...document.querySelectorAll("#result_list tbody tr")].filter((row) => row.querySelector("th a"));
  if (!toggle) return;

  const attempt = (act) => {
    try { return act(); } catch { return null; }
  };
  let isOff = attempt(() => localStorage.getItem(OFF)) === "yes";
  const isTyping = (element) =>
    element.isContentEditable || element.matches("textarea, select, input:not([type=checkbox], [type=submit], [type=button])");
  const current = () => rows.findIndex((row) => row.contains(document.activeElement));

  const go = (step) => {
    const at = current();
    const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1);
    rows[next]?.querySelector("th a").focus();
  };
  const keys = {
    j: () => go(1),
    k: () => go(-1),
    x: () => rows[current()]?.querySelector(".action-select")?.click(),
    "?": () => {
      help.open = !help.open;
      help.querySelector("summary").focus();
    },
  };

  const show = () => {
    toggle.checked = !isOff;
  };
  toggle.addEventListener("change", () => {
    isOff = !toggle.checked;
    attempt(() => (isOff ? localStorage.setItem(OFF, "yes") : localStorage.removeItem(OFF)));
  });
  document.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    if (!act || isOff || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || isTyping(event.target)) return;
    event.preventDefault();
    act();
  });
  show();
  help.hidden = false;
})();
