// The drawn line by keyboard: one tab stop a lane, arrow keys within it (LOOK). Without script every mark is a link.
for (const lane of document.querySelectorAll(".tl-line__lane")) {
  const stops = [...lane.querySelectorAll(".tl-line__stop")].sort((a, b) => a.getBBox().x - b.getBBox().x);
  stops.forEach((stop, i) => stop.setAttribute("tabindex", i === stops.length - 1 ? "0" : "-1"));
  lane.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const next = step && stops[stops.indexOf(document.activeElement) + step];
    if (!next) return;
    event.preventDefault();
    stops.forEach((stop) => stop.setAttribute("tabindex", stop === next ? "0" : "-1"));
    next.focus();
  });
}
