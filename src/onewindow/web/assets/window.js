// What pages do better with a script; without it everything still works.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");

  const summary = document.querySelector(".govuk-error-summary");
  if (summary) summary.focus();

  document.addEventListener("click", (event) => {
    const copy = event.target.closest("[data-copy]");
    if (copy && navigator.clipboard) {
      navigator.clipboard.writeText(copy.dataset.copy).then(() => {
        copy.textContent = copy.dataset.copied;
      });
    }
    const link = event.target.closest(".govuk-error-summary a[href^='#']");
    if (link) {
      const field = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (field) {
        event.preventDefault();
        for (let at = field; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
        field.scrollIntoView({ block: "center" });
        (field.matches("input,select,textarea") ? field : field.querySelector("input,select,textarea") || field).focus();
      }
    }
  });

  // One press is one act: a second press within two seconds is dropped.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent && Date.now() - Number(form.dataset.sent) < 2000) event.preventDefault();
    form.dataset.sent = String(Date.now());
  });

  // Lists: j and k move, enter opens, x picks, / searches, ? shows the keys.
  const rows = () => [...document.querySelectorAll("[data-rows] > *")];
  let at = -1;
  const go = (step) => {
    const all = rows();
    if (!all.length) return;
    all[at]?.classList.remove("at");
    at = Math.min(Math.max(at + step, 0), all.length - 1);
    all[at].classList.add("at");
    all[at].querySelector("a[href]")?.focus({ preventScroll: true });
    all[at].scrollIntoView({ block: "nearest" });
  };
  const keys = {
    j: () => go(1),
    k: () => go(-1),
    x: () => rows()[at]?.querySelector("input[type=checkbox]")?.click(),
    "/": () => document.querySelector("input[type=search]")?.focus(),
    "?": () => document.querySelector("details[data-keys]")?.toggleAttribute("open"),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input,select,textarea")) return;
    const key = keys[event.key];
    if (key) {
      event.preventDefault();
      key();
    }
  });

  const all = document.querySelector("[data-pick-all]");
  all?.addEventListener("change", () => {
    for (const box of document.querySelectorAll("[data-rows] input[type=checkbox]")) box.checked = all.checked;
  });

  // Text typed outside a draft survives leaving the page; it is forgotten once the form is sent.
  for (const form of document.querySelectorAll("form[data-keep]")) {
    const name = "typed:" + form.dataset.keep;
    const fields = [...form.elements].filter((field) => field.name && !["hidden", "file", "password"].includes(field.type));
    const typed = JSON.parse(sessionStorage.getItem(name) || "{}");
    for (const field of fields) {
      if (!(field.name in typed)) continue;
      if (field.type === "radio" || field.type === "checkbox") field.checked = typed[field.name] === field.value;
      else if (!field.value) field.value = typed[field.name];
    }
    form.addEventListener("input", () => {
      const now = {};
      for (const field of fields) {
        if ((field.type === "radio" || field.type === "checkbox") && !field.checked) continue;
        now[field.name] = field.value;
      }
      sessionStorage.setItem(name, JSON.stringify(now));
    });
    form.addEventListener("submit", (event) => {
      if (event.submitter?.name !== "_language") sessionStorage.removeItem(name);
    });
  }
})();
