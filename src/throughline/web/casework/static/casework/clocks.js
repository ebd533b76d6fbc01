// Hours on a board go on by themselves, in the words of the page (design/formats.py, how_long). Without script they
// stand as they were when the page was made, and the page says when that was.
(() => {
  const stamp = document.querySelector("[data-clock]");
  if (!stamp) return;
  // The site's clock, not this computer's, which may be wrong.
  const behind = new Date(stamp.dataset.clock) - Date.now();
  const timers = document.querySelectorAll("[data-since], [data-until]");
  if (!timers.length) return;
  const minute = 60 * 1000;

  const words = (ms) => {
    const minutes = Math.floor(Math.abs(ms) / minute);
    const hours = Math.floor(minutes / 60);
    const rest = String(minutes % 60).padStart(2, "0");
    if (hours === 0) return `${minutes}\u00a0min`;
    if (hours < 24 && minutes % 60) return `${hours}\u00a0h\u00a0${rest}`;
    if (hours <= 72) return `${hours}\u00a0h`;
    return `${Math.floor(hours / 24)}\u00a0days`;
  };

  const tick = () => {
    const now = Date.now() + behind;
    for (const timer of timers) {
      const { since, until } = timer.dataset;
      const span = since ? now - new Date(since) : new Date(until) - now;
      timer.textContent = since ? words(span) : span >= 0 ? `${words(span)} left` : `${words(span)} over`;
    }
    const at = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/London" });
    stamp.textContent = `Hours as at ${at.format(now)}; they go on by themselves. Load the page again for what is new.`;
  };

  tick();
  setInterval(tick, minute / 2);
})();
