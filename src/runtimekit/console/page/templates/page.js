"use strict";
// What the page can do beyond being read: choose colours, filter, sort, unfold. Without this script it still says all.
(() => {
  const find = (id) => document.getElementById(id);
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const say = (text) => { if (find("status")) find("status").textContent = text; };

  // Colours. Where the browser keeps nothing, the choice holds until the page is closed.
  const kept = "runtimekit-colours";
  const remember = (value) => { try { localStorage.setItem(kept, value); } catch { /* as said above */ } };
  const remembered = () => { try { return localStorage.getItem(kept) || ""; } catch { return ""; } };
  const paint = (value) => { document.documentElement.dataset.theme = value; };
  const theme = find("theme");
  theme.value = remembered();
  paint(theme.value);
  theme.closest("label").hidden = false;
  theme.addEventListener("change", () => { paint(theme.value); remember(theme.value); });

  // Filter: each word has to be somewhere in the row. Failures are rows, too.
  const rows = all("[data-row]").map((element) => ({ element, text: element.textContent.toLowerCase() }));
  const failed = (element) => element.matches("[data-failed], .group:not(.mild)");
  const filter = () => {
    const words = find("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
    const onlyFailed = find("only-failed").checked;
    let shown = 0;
    for (const { element, text } of rows) {
      element.hidden = !words.every((word) => text.includes(word)) || (onlyFailed && !failed(element));
      shown += element.hidden ? 0 : 1;
    }
    say(words.length || onlyFailed ? `${shown} of ${rows.length} rows and failures` : "");
  };
  if (find("filter")) {
    find("filter").closest("[role=search]").hidden = false;
    find("filter").addEventListener("input", filter);
    find("only-failed").addEventListener("change", filter);
    filter(); // browsers fill in what was there before a reload
  }

  // Sorting: a cell's value is its number, or its text. What has no number comes last either way.
  const names = new Intl.Collator(undefined, { numeric: true });
  const value = (row, at, numeric) => {
    const cell = row.cells[at];
    if (!numeric) return cell.textContent.trim();
    return cell.dataset.value === "" || cell.dataset.value === undefined ? null : Number(cell.dataset.value);
  };
  const compare = (one, other, sign) => {
    if (one === null || other === null) return (one === null) - (other === null);
    return sign * (typeof one === "number" ? one - other : names.compare(one, other));
  };
  for (const table of all("table.sortable")) {
    const heads = all("thead th", table);
    heads.forEach((head, at) => {
      if (!head.dataset.sort) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const order = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
        heads.forEach((each) => each.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", order);
        const numeric = head.dataset.sort === "number";
        const sign = order === "ascending" ? 1 : -1;
        const sorted = all("tbody tr", table).map((row) => [value(row, at, numeric), row]);
        sorted.sort(([one], [other]) => compare(one, other, sign));
        table.tBodies[0].append(...sorted.map(([, row]) => row));
        say(`sorted by ${button.textContent}, ${order}`);
      });
    });
  }

  // A link to a failure unfolds it.
  const unfold = () => {
    const target = location.hash && find(decodeURIComponent(location.hash.slice(1)));
    const details = target && target.querySelector("details");
    if (details) {
      target.hidden = false;
      details.open = true;
      target.focus();
    }
  };
  addEventListener("hashchange", unfold);
  unfold();
  const button = find("unfold");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const open = button.textContent === "Unfold all";
      all("#failures details").forEach((each) => { each.open = open; });
      button.textContent = open ? "Fold all" : "Unfold all";
    });
  }
})();
