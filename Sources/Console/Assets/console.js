// What pages do by themselves where scripts run: parts that stay up to date, and a few keys. Everything works without.
"use strict";

(() => {
  const state = document.querySelector("[data-live-state]");
  const parts = new Map();
  for (const element of document.querySelectorAll("[data-live]")) parts.set(element.dataset.live, element);

  // Live parts -------------------------------------------------------------------------------------------------------

  const show = (text, isLost) => {
    if (!state) return;
    state.hidden = false;
    state.toggleAttribute("data-lost", isLost);
    // Only what changes is said aloud: that the connection went, and that it is back.
    if (state.textContent !== text) state.textContent = text;
  };

  const replace = (element, html) => {
    // What somebody is at is left alone until they go on.
    if (element.contains(document.activeElement) && document.activeElement !== element) return;
    // What is open stays open: by its id where it may have moved, else by its place.
    const all = () => [...element.querySelectorAll("details")].map((details, index) => [details.id || index, details]);
    const open = new Map(all().map(([key, details]) => [key, details.open]));
    element.innerHTML = html;
    for (const [key, details] of all()) details.open = open.get(key) ?? details.open;
  };

  const listen = () => {
    const address = "/live?" + [...parts.keys()].map((name) => "of=" + encodeURIComponent(name)).join("&");
    const source = new EventSource(address);
    source.addEventListener("open", () => show("Live", false));
    source.addEventListener("error", () => show(source.readyState === EventSource.CLOSED ? "Not live: load the page again" : "Not live: trying again", true));
    source.addEventListener("part", (event) => {
      const part = JSON.parse(event.data);
      const element = parts.get(part.of);
      if (element) replace(element, part.html);
    });
    source.addEventListener("over", () => { source.close(); location.reload(); });
    addEventListener("pagehide", () => source.close());
  };

  if (parts.size > 0) listen();

  // Times in the reader's own zone, to hover over --------------------------------------------------------------------

  document.addEventListener("pointerover", (event) => {
    const time = event.target instanceof Element ? event.target.closest("time[datetime]") : null;
    if (!time || time.dataset.local) return;
    time.dataset.local = "yes";
    const local = new Date(time.dateTime).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long" });
    time.title = time.title ? `${time.title} · ${local}` : local;
  });

  // Keys: / to the search, g and a letter to a section, Escape out of a field -----------------------------------------

  let isGoing = false;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isTyping = event.target instanceof Element && event.target.closest("input, select, textarea");
    if (event.key === "Escape" && isTyping) { event.target.blur(); return; }
    if (isTyping) return;
    if (isGoing) {
      isGoing = false;
      const link = document.querySelector(`.side a[data-key="${CSS.escape(event.key)}"]`);
      if (link) { event.preventDefault(); link.click(); }
      return;
    }
    if (event.key === "g") { isGoing = true; setTimeout(() => { isGoing = false; }, 1500); return; }
    if (event.key === "/") {
      const field = document.querySelector("main [data-search]") ?? document.querySelector("main .filter input");
      if (field) { event.preventDefault(); field.focus(); field.select?.(); }
    }
  });
})();
