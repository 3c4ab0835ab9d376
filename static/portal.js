// Progressive enhancement only: every page works without this file.
// It keeps what is being typed on this device until the server has it, and moves the focus to errors.
"use strict";

(() => {
  const PREFIX = "draft:";
  const SENT = "draft-sent";
  const KEPT_FOR = 7 * 24 * 60 * 60 * 1000;

  const attempt = (work) => {
    try {
      return work();
    } catch {
      return null; // storage is full, switched off or unreadable: the page goes on without it
    }
  };
  const placeOf = (form) => new URL(form.getAttribute("action") || location.href, location.href).pathname;
  const keyOf = (form) => `${PREFIX}${form.dataset.keep}:${form.id || "form"}:${placeOf(form)}`;
  const drafts = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  const isKept = (field) => field.name && !["hidden", "submit", "button", "file"].includes(field.type);

  const forget = (test) => attempt(() => drafts().filter(test).forEach((key) => localStorage.removeItem(key)));
  const isOld = (key) => Date.now() - (attempt(() => JSON.parse(localStorage.getItem(key)).at) ?? 0) > KEPT_FOR;

  const read = (form) => {
    const values = {};
    for (const field of form.elements) {
      if (!isKept(field)) continue;
      const value = ["checkbox", "radio"].includes(field.type) ? (field.checked ? [field.value] : []) : [field.value];
      values[field.name] = (values[field.name] ?? []).concat(value);
    }
    return values;
  };

  const write = (form, values) => {
    for (const field of form.elements) {
      if (!isKept(field) || !(field.name in values)) continue;
      if (["checkbox", "radio"].includes(field.type)) field.checked = values[field.name].includes(field.value);
      else field.value = values[field.name][0] ?? "";
    }
  };

  const keep = (form) => {
    const key = keyOf(form);
    const served = JSON.stringify(read(form));
    const notice = document.querySelector("[data-kept]");
    const isBound = document.querySelector("[data-error-summary], [data-stale]");
    const kept = attempt(() => JSON.parse(localStorage.getItem(key)));
    if (kept && !isBound && JSON.stringify(kept.values) !== served && kept.served === served) {
      write(form, kept.values);
      if (notice) notice.hidden = false;
    }
    form.addEventListener("input", () => {
      attempt(() => localStorage.setItem(key, JSON.stringify({ at: Date.now(), served, values: read(form) })));
    });
    form.addEventListener("submit", () => attempt(() => sessionStorage.setItem(SENT, key)));
    document.querySelector("[data-kept-discard]")?.addEventListener("click", () => {
      attempt(() => localStorage.removeItem(key));
      write(form, JSON.parse(served));
      notice.hidden = true;
      form.querySelector("input:not([type=hidden]), textarea")?.focus();
    });
  };

  // A success message after a form was sent means the server has the words: nothing need be kept here.
  const sent = attempt(() => sessionStorage.getItem(SENT));
  if (sent && document.querySelector('[data-message="success"]')) {
    forget((key) => key === sent);
    attempt(() => sessionStorage.removeItem(SENT));
  }
  forget(isOld);
  document.querySelectorAll("form[data-keep]").forEach(keep);
  document.querySelectorAll("form[data-forget-drafts]").forEach((form) => {
    form.addEventListener("submit", () => forget(() => true));
  });
  document.querySelector("[data-error-summary]")?.focus();

  // A question that follows from another is shown once that one is answered so: data-shown-if="name=value|value".
  const shownIf = (block) => {
    const [name, values] = block.dataset.shownIf.split("=");
    const form = block.closest("form");
    const asked = [...form.elements].filter((field) => field.name === name);
    const follow = () => {
      const answers = asked.filter((field) => !["checkbox", "radio"].includes(field.type) || field.checked).map((field) => field.value);
      const hasWords = [...block.querySelectorAll("input, textarea, select")].some((field) => !["checkbox", "radio"].includes(field.type) && field.value.trim());
      block.hidden = !hasWords && !block.querySelector("[aria-invalid]") && !values.split("|").some((value) => answers.includes(value));
    };
    form.addEventListener("change", follow);
    follow();
  };
  document.querySelectorAll("[data-shown-if]").forEach(shownIf);

  // A second click while the first is under way is not sent again.
  document.querySelectorAll('form[method="post"]').forEach((form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.underWay) event.preventDefault();
      form.dataset.underWay = "yes";
    });
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-under-way]").forEach((form) => delete form.dataset.underWay);
  });
})();
