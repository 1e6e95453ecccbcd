// Keys, the page viewer, and what was typed and not yet sent. Every page works without it, by links and buttons.
"use strict";
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  const press = (selector) => { const found = one(selector); if (found) found.click(); return Boolean(found); };
  const isTyping = (target) => target.closest("input:not([type=radio]), textarea, select") !== null;

  // --- rows: the list's, and the form's values -------------------------------------------------------------
  const step = (selector, by) => {
    const rows = all(selector);
    const at = rows.indexOf(document.activeElement);
    const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  };

  // --- pages -------------------------------------------------------------------------------------------------
  const stage = one("[data-stage]");
  const sheets = all("[data-sheet]");
  let shown = 0;
  let width = 100;
  const place = () => {
    const words = one("[data-place]");
    if (words) words.textContent = sheets.length ? `${shown + 1} / ${sheets.length}` : "";
    all("[data-show]").forEach((link) => {
      if (sheets.length && link.dataset.show === sheets[shown].dataset.sheet) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  };
  const show = (number) => {
    if (!sheets.length) return;
    shown = Math.min(sheets.length - 1, Math.max(0, number));
    stage.scrollTop = sheets[shown].offsetTop - stage.offsetTop - 12;
    place();
  };
  const zoom = (by) => {
    width = by ? Math.min(500, Math.max(25, width * by)) : 100;
    all(".sheet").forEach((sheet) => { sheet.style.width = `${width}%`; });
    show(shown);
  };
  const unmark = () => all(".box").forEach((box) => { box.hidden = true; });
  const mark = (row) => {
    unmark();
    const sheet = sheets.find((candidate) => row.dataset.page && candidate.dataset.page === row.dataset.page);
    if (!sheet) return;
    show(sheets.indexOf(sheet));
    const picture = sheet.querySelector("img");
    const box = sheet.querySelector(".box");
    const draw = () => {
      if (!row.dataset.box || !picture.naturalWidth || document.activeElement !== row) return;
      const [x, y, w, h] = row.dataset.box.split(" ").map(Number);
      const across = 100 / picture.naturalWidth;
      const down = 100 / picture.naturalHeight;
      Object.assign(box.style, { left: `${x * across}%`, top: `${y * down}%`, width: `${w * across}%`, height: `${h * down}%` });
      box.hidden = false;
      stage.scrollTop = sheet.offsetTop - stage.offsetTop + picture.clientHeight * y * down / 100 - stage.clientHeight / 3;
    };
    picture.loading = "eager";
    if (picture.complete && picture.naturalWidth) draw(); else picture.addEventListener("load", draw, { once: true });
  };
  if (stage) {
    stage.addEventListener("scroll", () => {
      const line = stage.scrollTop + stage.clientHeight / 3;
      const at = sheets.findLastIndex((sheet) => sheet.offsetTop - stage.offsetTop <= line);
      if (at >= 0 && at !== shown) { shown = at; place(); }
    }, { passive: true });
    place();
  }
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest && event.target.closest("[data-field]");
    if (row) mark(row);
  });

  // --- what is typed and not sent: kept for this tab only, gone once sent or logged out -------------------------
  const form = one("[data-act]");
  const drafts = window.sessionStorage;
  const key = form ? `draft ${form.dataset.draft}` : "";
  const typed = () => all("[data-act] textarea, [data-act] select[name], [data-act] input[name]:not([type=hidden]):not([type=radio])");
  if (form) {
    const kept = JSON.parse(drafts.getItem(key) || "{}");
    if (!("kept" in form.dataset)) {
      typed().forEach((field) => { if (kept[field.name] !== undefined && !field.value) field.value = kept[field.name]; });
    }
    form.addEventListener("input", () => {
      drafts.setItem(key, JSON.stringify(Object.fromEntries(typed().map((field) => [field.name, field.value]))));
    });
    form.addEventListener("change", (event) => {
      const into = event.target.dataset.into;
      if (!into || !event.target.value) return;
      const field = form.elements[into];
      field.value = [field.value.trim(), event.target.value].filter(Boolean).join("; ");
      event.target.selectedIndex = 0;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    });
    // A line of one field must not send a decision by a stray Enter.
    form.addEventListener("keydown", (event) => {
      const isLine = event.target.matches("input:not([type=hidden])");
      if (event.key === "Enter" && isLine && !event.ctrlKey && !event.metaKey) event.preventDefault();
    });
    form.addEventListener("submit", () => { all("[data-send]").forEach((button) => { setTimeout(() => { button.disabled = true; }); }); });
  }
  const done = one("[data-done]");
  if (done) Object.keys(drafts).filter((name) => name.startsWith(`draft ${done.dataset.done} `)).forEach((name) => drafts.removeItem(name));
  all("[data-logout]").forEach((button) => button.addEventListener("submit", () => drafts.clear()));
  if (document.body.classList.contains("case") && history.replaceState && done) {
    const address = new URL(location.href);
    address.searchParams.delete("done");
    history.replaceState(null, "", address);
  }

  // --- keys ------------------------------------------------------------------------------------------------------
  const help = one("#help");
  const ask = () => { if (help && !help.open) help.showModal(); };
  const viewing = { n: () => show(shown + 1), p: () => show(shown - 1), "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), "0": () => zoom(0) };
  const listing = { n: () => press("[data-next]"), "/": () => { const field = one("[data-search]"); field.focus(); field.select(); } };
  const rows = stage ? "[data-field]" : "[data-row]";
  const heed = (event) => {
    if (event.key === "j" || event.key === "ArrowDown" && !stage) { step(rows, 1); return true; }
    if (event.key === "k" || event.key === "ArrowUp" && !stage) { step(rows, -1); return true; }
    if (event.key === "?") { ask(); return true; }
    const own = stage ? viewing : listing;
    if (own[event.key]) { own[event.key](); return true; }
    if (!stage && /^[1-9]$/.test(event.key)) { const tab = all("[data-tab]")[Number(event.key) - 1]; if (tab) tab.click(); return Boolean(tab); }
    return all("[data-key]").some((link) => link.dataset.key === event.key && (link.click(), true));
  };
  document.addEventListener("keydown", (event) => {
    if (help && help.open || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form) { event.preventDefault(); form.requestSubmit(one("[data-send]")); return; }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      if (isTyping(event.target)) event.target.blur(); else if (!press("[data-back]") && !press("[data-first]")) return;
      event.preventDefault();
      return;
    }
    if (!isTyping(event.target) && heed(event)) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const hit = (name) => event.target.closest(`[data-${name}]`);
    if (hit("help")) ask();
    if (hit("turn")) show(shown + Number(hit("turn").dataset.turn));
    if (hit("zoom")) zoom(Number(hit("zoom").dataset.zoom));
    if (hit("show")) { event.preventDefault(); unmark(); show(sheets.findIndex((sheet) => sheet.dataset.sheet === hit("show").dataset.show)); }
    if (hit("reload")) { event.preventDefault(); location.reload(); }
  });
  if (!stage && !one("main [autofocus]") && one("[data-row]")) one("[data-row]").focus({ preventScroll: true });
})();
