// Fills in today or yesterday at one press, and keeps "the time is not known" and a time from both standing.

for (const quick of document.querySelectorAll("[data-quick]")) {
  quick.addEventListener("click", (event) => {
    const back = event.target.dataset.back;
    if (back === undefined) return;
    const day = new Date();
    day.setDate(day.getDate() - Number(back));
    const parts = { day: day.getDate(), month: day.getMonth() + 1, year: day.getFullYear() };
    for (const [part, value] of Object.entries(parts)) {
      document.getElementById(`${quick.dataset.quick}-${part}`).value = value;
    }
    document.getElementById(`${quick.dataset.quick}-day`).dispatchEvent(new Event("input", { bubbles: true }));
  });
}

const time = document.getElementById("happened_time");
const unknown = document.getElementById("time_unknown");
unknown?.addEventListener("change", () => {
  if (unknown.checked) time.value = "";
});
time?.addEventListener("input", () => {
  if (time.value) unknown.checked = false;
});

// Once it is being recorded, nothing more is kept as a draft: a late one would outlive what it was a draft of.
const form = document.getElementById("record");
let leaving = false;
form.addEventListener("submit", () => {
  leaving = true;
  window.htmx?.trigger(form, "htmx:abort");
});
form.addEventListener("htmx:beforeRequest", (event) => {
  if (leaving) event.preventDefault();
});
window.addEventListener("pageshow", () => {
  leaving = false;
});
