// Draws what a table says above it. Every number comes from the table's cells; a number that is held back is drawn
// as nothing, and its words stand where the bar would be. Without this script the tables are all there is.
"use strict";

// LOOK's states: the fill, its edge, and a pattern, so that no series is told by its colour alone.
const LOOKS = {
  "": { color: "#b9c9d6", edge: "#5b7a95" },
  due: { color: "#b9c9d6", edge: "#5b7a95" },
  done: { color: "#dff1e6", edge: "#005a30" },
  "done-late": { color: "#ffffff", edge: "#005a30", dash: "dashed", lines: 0.8 },
  late: { color: "#a2191f", edge: "#a2191f" },
  soon: { color: "#fcebd5", edge: "#b35c00" },
  other: { color: "#eceff1", edge: "#3a4045", lines: -0.8 },
  unknown: { color: "#efe9f7", edge: "#3d2a66", dash: "dotted", dots: true },
};
const INK = "#14181a";
const NARROW = 560;  // pixels: below it, a phone
const FONT = "'Source Sans 3 Variable', 'Source Sans 3', Arial, sans-serif";

const text = (cell) => cell.textContent.trim();

// Above an upright bar there is no room for the words.
const brief = (cell) => ({ "fewer than 5": "<5", "held back": "–", "cannot tell": "?" })[text(cell)] || text(cell);

function pattern(look) {
  if (look.dots) return { symbol: "circle", symbolSize: 0.35, color: look.edge, dashArrayX: [[6, 6], [0, 6, 6, 0]], dashArrayY: [6, 0] };
  if (look.lines) return { symbol: "rect", symbolSize: 1, color: look.edge, rotation: look.lines, dashArrayX: [1, 0], dashArrayY: [1, 7] };
  return { symbol: "none" };
}

const style = (look) => ({
  color: look.color, borderColor: look.edge, borderWidth: 1.5, borderType: look.dash || "solid", decal: pattern(look),
});

// The table as series: one for each column that holds a number, "All ..." left to the table.
function read(table, stacked) {
  const rows = [...table.tBodies[0].rows];
  const heads = [...table.tHead.rows[0].cells].slice(1);
  const drawn = heads.map((head, i) => ({ head, i })).filter(({ head, i }) =>
    rows.some((row) => row.cells[i + 1].dataset.n !== undefined) && !(stacked && text(head).startsWith("All")));
  const drawnIn = (row) => drawn.reduce((sum, { i }) => sum + Number(row.cells[i + 1].dataset.n || 0), 0);
  return {
    most: Math.max(...rows.map(drawnIn)),
    names: rows.map((row) => text(row.cells[0])),
    unknown: rows.map((row) => text(row.cells[0]) === "Cannot tell"),
    series: drawn.map(({ head, i }) => ({ name: text(head), look: head.dataset.look || "", cells: rows.map((row) => row.cells[i + 1]) })),
  };
}

function series(data, along, stacked, shares) {
  const whole = data.names.map((_, row) => data.series.reduce((sum, one) => sum + Number(one.cells[row].dataset.n || 0), 0));
  const most = shares ? 100 : data.most;
  return data.series.map((one) => ({
    type: "bar",
    name: one.name,
    stack: stacked ? "all" : undefined,
    barMaxWidth: 34,
    label: {
      show: true, fontFamily: FONT, fontSize: 14, color: one.look === "late" ? "#ffffff" : INK,
      position: stacked ? "inside" : along ? "right" : "top",
      ...(stacked && (LOOKS[one.look].lines || LOOKS[one.look].dots) ? { backgroundColor: "#ffffff", padding: [0, 3] } : {}),
      // In a narrow piece a number would stand across its neighbours: the table has it.
      formatter: (point) => (stacked && !(point.value >= most * 0.07) ? "" : along ? text(one.cells[point.dataIndex]) : brief(one.cells[point.dataIndex])),
    },
    labelLayout: { hideOverlap: true },
    itemStyle: style(LOOKS[one.look]),
    data: one.cells.map((cell, row) => ({
      // Nothing is drawn for what is held back: the height of a bar would be a guess.
      // In a stack a nought would leave a line of its edge.
      value: !Number(cell.dataset.n) ? (stacked ? null : 0) : Number(cell.dataset.n) * (shares ? 100 / whole[row] : 1),
      ...(data.unknown[row] ? { itemStyle: style(LOOKS.unknown) } : {}),
    })),
  }));
}

// How far down the bars begin: below as many lines as the names of the series take.
function headroom(data, width) {
  const lines = data.series.reduce(({ n, used }, one) => {
    const wide = 25 + 14 + 5 + one.name.length * 8; // its sign, the gap after it, and its words at 14 pixels
    return used + wide > width ? { n: n + 1, used: wide } : { n, used: used + wide };
  }, { n: 1, used: 0 }).n;
  return 28 + lines * 26;
}

function options(data, along, stacked, narrow, shares, width) {
  const names = { type: "category", data: data.names, inverse: along, axisTick: { show: false }, axisLine: { lineStyle: { color: "#858c91" } },
    axisLabel: { fontFamily: FONT, fontSize: 14, color: INK, interval: 0, lineHeight: 17, width: along ? (narrow ? (shares ? 130 : 104) : 190) : 64, overflow: shares && narrow ? "truncate" : "break", hideOverlap: !along } };
  const amounts = { type: "value", minInterval: 1, splitNumber: narrow ? 2 : 5, ...(shares ? { max: 100, interval: narrow ? 50 : 20 } : {}),
    axisLabel: { hideOverlap: true, fontFamily: FONT, fontSize: 14, color: INK, ...(shares ? { formatter: "{value}%" } : {}) }, splitLine: { lineStyle: { color: "#d5d9db" } } };
  return {
    animation: false,
    aria: { enabled: false },
    textStyle: { fontFamily: FONT, color: INK },
    legend: { show: stacked, top: 0, left: 0, itemGap: 14, textStyle: { fontFamily: FONT, fontSize: 14, color: INK }, selectedMode: false },
    grid: { left: 8, right: along ? (narrow ? 24 : 72) : 12, top: stacked ? headroom(data, width) : 28, bottom: along ? 8 : 24, containLabel: true },
    xAxis: along ? amounts : names,
    yAxis: along ? names : amounts,
    series: series(data, along, stacked, shares),
  };
}

function draw(box) {
  const table = document.getElementById(box.dataset.table);
  const along = box.dataset.chart === "bars";
  const stacked = "stacked" in box.dataset;
  const shares = "shares" in box.dataset;
  const data = read(table, stacked);
  if (!(data.most > 0)) return; // nothing that may be drawn: the table says it all
  box.hidden = false;
  box.setAttribute("role", "img");
  const narrow = box.clientWidth < NARROW;
  // On a phone a year of months does not fit side by side: they go down the page.
  const lying = along || narrow;
  const rows = data.names.length;
  box.classList.add(lying && rows > 7 ? "tl-chart--long" : "tl-chart--short");
  if (lying && rows < 3) box.style.height = `${rows * 50 + (narrow ? 190 : 120)}px`;
  if (lying && rows > (shares ? 4 : 12)) box.style.height = `${rows * (shares && !narrow ? 44 : 36) + (narrow ? 190 : 110)}px`;
  const chart = echarts.init(box, null, { renderer: "svg" });
  const paint = () => chart.setOption(options(data, lying, stacked, box.clientWidth < NARROW, shares, box.clientWidth));
  paint();
  // The description beside it says it; the shapes are for the eye.
  box.querySelectorAll("svg").forEach((svg) => svg.setAttribute("aria-hidden", "true"));
  // A phone that is turned is another width: words and legend are laid out anew.
  new ResizeObserver(() => { chart.resize(); paint(); }).observe(box);
}

document.querySelectorAll("[data-chart]").forEach(draw);
