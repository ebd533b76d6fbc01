// Narrows a list while a word is typed. Without script the form's own button does the same on the server.

for (const field of document.querySelectorAll("[data-filter]")) {
  const list = document.querySelector(field.dataset.filter);
  const said = document.querySelector("[data-filter-said]");
  const items = [...list.querySelectorAll("[data-filter-words]")];
  field.form.querySelector("button").hidden = true;
  field.addEventListener("input", () => {
    const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const item of items) {
      item.hidden = !wanted.every((word) => item.dataset.filterWords.includes(word));
      found += item.hidden ? 0 : 1;
    }
    for (const group of list.querySelectorAll("[data-filter-group]")) {
      const shown = group.querySelectorAll("[data-filter-words]:not([hidden])").length;
      group.hidden = shown === 0;
      group.open = wanted.length > 0;
      group.querySelector("[data-filter-count]").textContent = shown;
    }
    said.textContent = wanted.length ? `${found} ${found === 1 ? "kind" : "kinds"} of event` : "";
  });
  field.form.addEventListener("submit", (event) => {
    const first = items.find((item) => !item.hidden);
    if (!first || !field.value) return;
    event.preventDefault();
    first.querySelector("a").click();
  });
}
