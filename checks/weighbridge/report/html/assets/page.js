"use strict";
// What the page does: cards open, the table filters and sorts, charts are drawn. Nothing is decided here.
(() => {
  const root = document.documentElement;
  root.classList.add("script");
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const data = JSON.parse(one("#data").textContent);
  const panel = one("#cards");
  const reduced = matchMedia("(prefers-reduced-motion: reduce)");

  // --- Cards ---------------------------------------------------------------------------------------------------
  let opener = null;

  function open(link, { focus = false } = {}) {
    const keys = link.dataset.cards.split(" ");
    all(".card.open").forEach((card) => card.classList.remove("open"));
    all("[aria-expanded=true]").forEach((each) => each.setAttribute("aria-expanded", "false"));
    all(".chosen").forEach((each) => each.classList.remove("chosen"));
    for (const key of [...keys].reverse()) {
      const card = document.getElementById(`card-${key}`);
      card.classList.add("open");
      one(".bar", panel).after(card); // the worst verdict first, as the link lists them
      drawMap(card);
    }
    panel.classList.add("filled");
    panel.scrollTop = 0;
    link.setAttribute("aria-expanded", "true");
    if (link.dataset.mark) all(`[data-mark="${link.dataset.mark}"]`).forEach((each) => each.classList.add("chosen"));
    link.closest("tr")?.classList.add("chosen");
    one("#cards-title").textContent = keys.length === 1 ? "1 card" : `${keys.length} cards`;
    opener = link;
    if (focus) one("#cards-title").focus();
  }

  function close() {
    all(".card.open").forEach((card) => card.classList.remove("open"));
    all(".chosen").forEach((each) => each.classList.remove("chosen"));
    panel.classList.remove("filled");
    one("#cards-title").textContent = "Claims";
    if (opener) {
      opener.setAttribute("aria-expanded", "false");
      const back = opener;
      opener = null;
      closing = true;
      back.focus();
      closing = false;
    }
  }

  let closing = false;
  let pressed = false;
  document.addEventListener("pointerdown", () => { pressed = true; });
  document.addEventListener("pointerup", () => { setTimeout(() => { pressed = false; }); });

  document.addEventListener("click", (event) => {
    let link = event.target.closest("[data-cards]");
    const more = event.target.closest(".mark.more");
    if (!link && more) link = one(`a[data-mark="${more.dataset.mark}"]`);
    if (!link) return;
    event.preventDefault();
    open(link, { focus: event.detail === 0 }); // 0: by keyboard, or by a screen reader
    keepInSight(link);
  });
  // Reaching a mark by keyboard shows its card already; the focus stays, so that one can go on to the next.
  document.addEventListener("focusin", (event) => {
    const link = event.target.closest("a.mark[data-cards]");
    if (!link || pressed || closing) return;
    open(link);
    keepInSight(link);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel.classList.contains("filled") && !event.target.matches("input, select")) close();
  });
  one("#close").addEventListener("click", close);

  function keepInSight(link) {
    const sheet = getComputedStyle(panel).position === "fixed" ? panel.getBoundingClientRect().top : innerHeight;
    const place = link.getBoundingClientRect();
    if (place.bottom > sheet || place.top < 0) {
      scrollBy({ top: place.top - sheet / 2, behavior: reduced.matches ? "auto" : "smooth" });
    }
  }

  function step(by) {
    const marks = all("a.mark[data-cards]");
    if (!marks.length) return;
    const now = marks.indexOf(opener);
    const next = marks[now < 0 ? (by > 0 ? 0 : marks.length - 1) : (now + by + marks.length) % marks.length];
    open(next);
    keepInSight(next);
  }
  one("#previous").addEventListener("click", () => step(-1));
  one("#next").addEventListener("click", () => step(1));

  function openFromAddress() {
    const key = /^#card-(\d+)$/.exec(location.hash)?.[1];
    const link = key && all("[data-cards]").find((each) => each.dataset.cards.split(" ").includes(key));
    if (link) open(link, { focus: true });
  }
  addEventListener("hashchange", openFromAddress);

  // --- The table -----------------------------------------------------------------------------------------------
  const rows = all("#table tbody tr");
  const search = one("#search");
  const selects = all("select[data-filters]");
  const ranks = {
    verdict: ["errored", "refuted", "undecided", "holds"],
    standing: ["fail", "unexpected", "waived", "pass"],
  };
  const collator = new Intl.Collator("en", { numeric: true });

  for (const select of selects) {
    const name = select.dataset.filters;
    const values = [...new Set(rows.map((row) => row.dataset[name]))].filter(Boolean).sort(collator.compare);
    values.forEach((value) => select.add(new Option(value, value)));
    if (values.length < 2) select.closest("label").hidden = true;
  }

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const fits = selects.every((each) => !each.value || row.dataset[each.dataset.filters] === each.value);
      const text = row.textContent.toLowerCase();
      row.hidden = !(fits && words.every((word) => text.includes(word)));
      count += !row.hidden;
    }
    one("#shown").textContent = count === rows.length ? `${count} results` : `${count} of ${rows.length} results`;
  }

  function sort(button) {
    const name = button.dataset.sort;
    const heading = button.closest("th");
    const direction = heading.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
    all("#table th[aria-sort]").forEach((each) => each.setAttribute("aria-sort", "none"));
    heading.setAttribute("aria-sort", direction);
    const value = (row) => ranks[name] ? ranks[name].indexOf(row.dataset[name]) : row.dataset[name];
    const compare = (a, b) => ranks[name] ? value(a) - value(b) : collator.compare(value(a), value(b));
    const sign = direction === "ascending" ? 1 : -1;
    rows.sort((a, b) => sign * compare(a, b) || a.dataset.order - b.dataset.order);
    one("#table tbody").append(...rows);
  }

  if (search) {
    search.addEventListener("input", filter);
    selects.forEach((each) => each.addEventListener("change", filter));
    all("#table [data-sort]").forEach((button) => button.addEventListener("click", () => sort(button)));
    one("#clear").addEventListener("click", () => {
      search.value = "";
      selects.forEach((each) => { each.value = ""; });
      filter();
    });
    all("[data-filter]").forEach((link) => link.addEventListener("click", () => {
      search.value = "";
      selects.forEach((each) => { each.value = each.dataset.filters === link.dataset.filter ? link.dataset.value : ""; });
      // A value that no row has: the choice stays empty, and so must the table.
      const choice = one(`#filter-${link.dataset.filter}`);
      if (choice.value !== link.dataset.value) { choice.add(new Option(link.dataset.value)); choice.value = link.dataset.value; }
      filter();
      one("#results").focus({ preventScroll: true });
    }));
  }

  // --- Charts --------------------------------------------------------------------------------------------------
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const LIGHT = ["#2f6fb5", "#c4622d", "#3c8d56", "#8a5bb0", "#b3872a", "#2c8c96", "#b0476f", "#6a7280"];
  const DARK = ["#5b9be0", "#e08a58", "#62b67d", "#b48ad6", "#d6ad55", "#55b8c2", "#d977a0", "#98a2b3"];
  let printing = false;
  const tone = (name) => getComputedStyle(root).getPropertyValue(`--${name}`).trim();
  const colour = (index) => (dark.matches && !printing ? DARK : LIGHT)[index % LIGHT.length];
  const charts = new Map(); // canvas -> { chart, build }

  function draw(canvas, build) {
    charts.get(canvas)?.chart.destroy();
    const chart = new Chart(canvas, build());
    charts.set(canvas, { chart, build });
    return chart;
  }
  function redraw() { for (const [canvas, { build }] of [...charts]) draw(canvas, build); }
  Chart.defaults.animation = false;
  Chart.defaults.font.family = "system-ui, 'DejaVu Sans', sans-serif";
  Chart.defaults.maintainAspectRatio = false;
  dark.addEventListener("change", redraw);
  addEventListener("beforeprint", () => { printing = true; root.classList.add("printing"); all("[data-map]").forEach((map) => drawMap(map)); redraw(); });
  addEventListener("afterprint", () => { printing = false; root.classList.remove("printing"); redraw(); });

  function drawMap(within) {
    const figure = within.matches("[data-map]") ? within : one("[data-map]", within);
    if (!figure) return;
    const map = data.maps[figure.dataset.map];
    const canvas = one("canvas", figure);
    if (charts.has(canvas)) return;
    const columns = map.columns.map(String), lines = map.rows.map(String);
    const points = map.cells.flatMap((line, y) => [...line].map((cell, x) => ({ x: columns[x], y: lines[y], cell })));
    draw(canvas, () => {
      const fill = { 1: tone("refuted"), 0: tone("holds-ground"), "-": "transparent" };
      const axis = (labels, text) => ({
        type: "category", labels, offset: true, title: { display: true, text, color: tone("soft") },
        ticks: { color: tone("soft"), autoSkip: true }, grid: { display: false }, border: { display: false },
      });
      return {
        type: "matrix",
        data: { datasets: [{
          data: points,
          backgroundColor: (context) => fill[context.raw?.cell] ?? "transparent",
          borderColor: tone("line"), borderWidth: 1,
          width: ({ chart }) => Math.max((chart.chartArea?.width ?? 0) / columns.length - 1, 1),
          height: ({ chart }) => Math.max((chart.chartArea?.height ?? 0) / lines.length - 1, 1),
        }] },
        options: {
          scales: { x: { ...axis(columns, map.across), position: "bottom" }, y: { ...axis(lines, map.up), reverse: true } },
          plugins: { legend: { display: false }, tooltip: { displayColors: false, callbacks: {
            title: () => "",
            label: ({ raw }) => `${map.across} = ${raw.x}, ${map.up} = ${raw.y}: ${{ 1: "fails", 0: "does not fail", "-": "not asked" }[raw.cell]}`,
          } } },
        },
      };
    });
  }

  function fillModels(select, entries) {
    entries.forEach((entry, index) => select.add(new Option(entry.title, index)));
    if (entries.length < 2) select.closest("label").hidden = true;
  }

  function drawParts() {
    const chosen = one("#parts-model").value;
    const { parts } = data.parts[chosen];
    all("[data-parts]").forEach((each) => { each.hidden = each.dataset.parts !== chosen; });
    const groups = [...new Set(parts.map((part) => part.group))];
    const total = parts.reduce((sum, part) => sum + part.count, 0);
    const first = (raw) => raw?._data?.children?.[0] ?? raw?._data; // a box holds the parts that it is made of
    const paint = () => (dark.matches && !printing ? "#0d1117" : "#ffffff");
    draw(one("#parts-chart"), () => ({
      type: "treemap",
      data: { datasets: [{
        tree: parts, key: "count", groups: ["group", "name"], spacing: 1, borderWidth: 1, borderColor: tone("paper"),
        backgroundColor: (context) => context.type === "data" ? colour(groups.indexOf(first(context.raw)?.group)) : "transparent",
        captions: {
          display: true, align: "center", color: paint(), font: { weight: "bold", size: 13 }, padding: 3,
          formatter: ({ raw }) => `${first(raw).group} ${(100 * raw.v / total).toFixed(1)}%`,
        },
        labels: {
          display: true, overflow: "fit", color: paint(), font: { size: 12 },
          formatter: ({ raw }) => {
            const part = first(raw);
            return part ? [part.name, part.shown, part.share] : "";
          },
        },
      }] },
      options: { plugins: { legend: { display: false }, tooltip: { displayColors: false, callbacks: {
        title: () => "",
        label: ({ raw }) => {
          const part = first(raw);
          if (raw.isLeaf) return [part.name, `${part.shown} = ${part.factors}`, part.share];
          return `${part.group}: ${(100 * raw.v / total).toFixed(1)}%`;
        },
      } } } },
    }));
  }

  const short = (value) => Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 }).format(value);

  function growthNow() {
    const model = data.growth[one("#growth-model").value];
    return { model, symbol: one("#growth-symbol").value, found: model.symbols[one("#growth-symbol").value] };
  }

  function fillSymbols() {
    const select = one("#growth-symbol");
    const before = select.value;
    select.replaceChildren(...Object.keys(growthModel().symbols).map((name) => new Option(name)));
    if ([...select.options].some((option) => option.value === before)) select.value = before;
    fillLines();
  }
  const growthModel = () => data.growth[one("#growth-model").value];

  function fillLines() {
    const { model, found } = growthNow();
    const names = Object.keys(found.lines);
    const field = one("#growth-lines");
    const hidden = new Set(all("input:not(:checked)", field).map((input) => input.value));
    all("label", field).forEach((label) => label.remove());
    names.forEach((name, index) => {
      const label = document.createElement("label");
      const input = Object.assign(document.createElement("input"), { type: "checkbox", value: name, checked: !hidden.has(name) });
      const swatch = document.createElement("span");
      swatch.className = "swatch";
      swatch.dataset.index = index;
      label.append(input, swatch, name + (model.units[name] ? ` (${model.units[name]})` : ""));
      input.addEventListener("change", drawGrowth);
      field.append(label);
    });
    drawGrowth();
  }

  function drawGrowth() {
    const { model, symbol, found } = growthNow();
    const scale = one("#growth-scale").value;
    const wanted = new Set(all("#growth-lines input:checked").map((input) => input.value));
    const names = Object.keys(found.lines);
    one("#growth-note").textContent =
      `${model.model}, all symbols but ${symbol} as they are; ${symbol} itself is ${found.own.toLocaleString("en")} there (the larger dots).`;
    draw(one("#growth-chart"), () => {
      all("#growth-lines .swatch").forEach((each) => { each.style.background = colour(+each.dataset.index); });
      const marks = ["circle", "rect", "triangle", "rectRot", "crossRot", "star", "rectRounded", "cross"];
      const dashes = [[], [7, 4], [2, 3], [10, 3, 2, 3]];
      const axis = (text) => ({
        type: scale, title: { display: true, text, color: tone("soft") },
        grid: { color: tone("line") }, ticks: { color: tone("soft"), callback: short, maxRotation: 0, autoSkip: true, autoSkipPadding: 12 },
      });
      const y = axis("");
      if (scale === "logarithmic") y.ticks.callback = (value) => Number.isInteger(Math.log10(value)) ? short(value) : "";
      return {
        type: "line",
        data: { datasets: names.filter((name) => wanted.has(name)).map((name) => {
          const index = names.indexOf(name);
          return {
            label: name, data: found.at.map((x, place) => ({ x, y: found.lines[name][place] })),
            borderColor: colour(index), backgroundColor: colour(index), borderWidth: 2, borderDash: dashes[index % dashes.length],
            pointStyle: marks[index % marks.length], pointRadius: found.at.map((x) => x === found.own ? 6 : 2.5),
          };
        }) },
        options: {
          interaction: { mode: "nearest", intersect: false },
          scales: { x: axis(symbol), y },
          plugins: { legend: { labels: { color: tone("ink"), usePointStyle: true, boxWidth: 7, boxHeight: 7 } }, tooltip: { callbacks: {
            title: ([item]) => `${symbol} = ${item.parsed.x.toLocaleString("en")}`,
            label: (item) => `${item.dataset.label}: ${short(item.parsed.y)}`,
          } } },
        },
      };
    });
    const table = one("#growth-table");
    const cell = (tag, text, scope) => {
      const made = Object.assign(document.createElement(tag), { textContent: text });
      if (scope) made.scope = scope;
      return made;
    };
    const line = (...cells) => { const made = document.createElement("tr"); made.append(...cells); return made; };
    const head = document.createElement("thead");
    head.append(line(cell("th", symbol, "col"), ...names.map((name) => cell("th", name, "col"))));
    const body = document.createElement("tbody");
    found.at.forEach((x, place) => body.append(line(
      cell("th", x.toLocaleString("en"), "row"),
      ...names.map((name) => cell("td", found.lines[name][place]?.toLocaleString("en") ?? "")),
    )));
    table.replaceChildren(head, body);
  }

  if (one("#charts")) {
    fillModels(one("#parts-model"), data.parts);
    one("#parts-model").addEventListener("change", drawParts);
    if (data.parts.length) drawParts();
    if (data.growth.length) {
      fillModels(one("#growth-model"), data.growth);
      one("#growth-model").addEventListener("change", fillSymbols);
      one("#growth-symbol").addEventListener("change", fillLines);
      one("#growth-scale").addEventListener("change", drawGrowth);
      fillSymbols();
    } else {
      one("#growth").hidden = true;
    }
  }
  openFromAddress();
  root.classList.add("ready");
})();
