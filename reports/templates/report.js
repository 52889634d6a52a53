// Search, filter and links that open what they lead to. What a target wrote is only ever read here, as text.
(() => {
  "use strict";
  const each = (selector, from = document) => [...from.querySelectorAll(selector)];
  const form = document.getElementById("sift");
  const search = document.getElementById("q");
  const told = document.getElementById("sifted");
  const openAll = document.getElementById("open-all");
  const more = document.getElementById("more");
  const selects = each("select", form);
  const entries = each("[data-f]").map(element => ({
    element,
    marks: new Set(element.dataset.f.split(" ")),
    row: element.classList.contains("row"),
    parts: each(".finding", element),
    head: null,
    texts: null,
  }));
  const PREFIX = "#find:";

  const plain = text => text.toLowerCase().normalize("NFKC");

  // Text is read when it is first searched: most readers never search.
  const read = entry => {
    if (entry.head !== null) return;
    const head = [];
    const walk = document.createTreeWalker(entry.element, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, node =>
      node.nodeType === 3 ? NodeFilter.FILTER_ACCEPT
        : node.classList.contains("finding") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP);
    while (walk.nextNode()) head.push(walk.currentNode.data);
    entry.head = plain(head.join(" "));
    entry.texts = entry.parts.map(part => plain(part.textContent));
  };

  const matches = (entry, words) => {
    if (!words.length) { entry.parts.forEach(part => { part.hidden = false; }); return true; }
    read(entry);
    const left = words.filter(word => !entry.head.includes(word));
    let any = !left.length;
    entry.parts.forEach((part, n) => {
      const shown = left.every(word => entry.texts[n].includes(word));
      part.hidden = !shown;
      any ||= shown;
    });
    return any;
  };

  const chosen = () => selects.filter(select => select.value);

  // What a search leaves is opened where it is little; it is folded again by the next one.
  const fold = (element, open) => {
    if (element.tagName !== "DETAILS" || element.classList.contains("row")) return;
    if (open && !element.hidden && !element.open) { element.open = true; element.dataset.opened = ""; }
    if (!open && "opened" in element.dataset) { element.open = false; delete element.dataset.opened; }
  };

  const remember = () => {
    const wanted = new URLSearchParams();
    if (search.value.trim()) wanted.set("q", search.value.trim());
    chosen().forEach(select => wanted.set(select.name, select.value));
    const words = wanted.toString();
    const ours = location.hash.startsWith(PREFIX);
    if (!words && !ours) return;
    try { history.replaceState(null, "", words ? PREFIX + words : location.pathname + location.search); } catch { /* a page of a file */ }
  };

  const say = (words, active) => {
    if (!words.length && !active.length) { told.textContent = ""; return; }
    const count = row => {
      const all = entries.filter(entry => entry.row === row);
      return `${all.filter(entry => !entry.element.hidden).length} of ${all.length}`;
    };
    const by = active.map(select => select.selectedOptions[0].textContent);
    if (words.length) by.unshift(`“${search.value.trim()}”`);
    told.textContent = `Narrowed to ${by.join(", ")}: ${count(false)} checks and ${count(true)} controls are shown. `
      + "What was not looked at stays in full.";
  };

  const emptied = "each-of-these-is-hidden";
  const sift = () => {
    const words = plain(search.value).split(/\s+/).filter(Boolean);
    const active = chosen();
    for (const entry of entries) {
      const marked = active.every(select => entry.marks.has(select.value));
      entry.element.hidden = !(marked && matches(entry, words));
    }
    const left = entries.filter(entry => !entry.row && !entry.element.hidden).length;
    const open = words.length > 0 && left <= 25;
    entries.forEach(entry => fold(entry.element, open));
    const narrowed = words.length > 0 || active.length > 0;
    each(".cause, .layer, main > section").forEach(group => {
      const inside = each("[data-f]", group);
      const none = narrowed && inside.length > 0 && inside.every(one => one.hidden);
      if (group.tagName === "SECTION") group.classList.toggle(emptied, none); else group.hidden = none;
    });
    each(".fold:has([data-f]), .layer").forEach(group => fold(group, words.length > 0));
    document.body.classList.toggle("narrowed", narrowed);
    say(words, active);
    remember();
  };

  const clear = () => { search.value = ""; selects.forEach(select => { select.value = ""; }); };

  const show = target => {
    if (target.closest("[hidden]") && target !== form) { clear(); sift(); }
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    target.scrollIntoView({ block: "start" });
    if (!target.matches("a, button, input, summary")) target.tabIndex = -1;
    target.focus({ preventScroll: true });
  };

  const arrive = () => {
    if (location.hash.startsWith(PREFIX)) {
      const wanted = new URLSearchParams(location.hash.slice(PREFIX.length));
      clear();
      search.value = (wanted.get("q") || "").slice(0, 200);
      selects.forEach(select => {
        const value = wanted.get(select.name) || "";
        if ([...select.options].some(option => option.value === value)) select.value = value;
      });
      sift();
      return;
    }
    const id = location.hash.slice(1);
    const target = id && document.getElementById(id);
    if (target) show(target);
    else if (/^f-[0-9a-f]{16}$/.test(id)) told.textContent = `Finding ${id.slice(2)} is not on this page: it is in posture.json.`;
  };

  let wait = 0;
  search.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(sift, 80); });
  selects.forEach(select => select.addEventListener("change", sift));
  form.addEventListener("submit", event => { event.preventDefault(); sift(); });
  form.addEventListener("reset", event => { event.preventDefault(); clear(); sift(); search.focus(); });
  more.addEventListener("click", () => {
    const open = more.getAttribute("aria-expanded") !== "true";
    more.setAttribute("aria-expanded", String(open));
    form.classList.toggle("wide", open);
  });
  openAll.addEventListener("click", () => {
    const open = openAll.textContent === "Open all";
    entries.forEach(entry => { if (!entry.row && entry.element.tagName === "DETAILS" && !entry.element.hidden) entry.element.open = open; });
    each(".cause").forEach(group => { group.open = open; });
    openAll.textContent = open ? "Close all" : "Open all";
  });
  document.addEventListener("click", event => {
    const link = event.target.closest && event.target.closest("a[href^='#']");
    const target = link && link.hash === location.hash && document.getElementById(link.hash.slice(1));
    if (target) show(target);
  });
  addEventListener("hashchange", arrive);
  form.hidden = false;
  arrive();
})();
