// Small helps for those who have script. Every page works without this file.
import { Button, createAll, ErrorSummary, PasswordInput, Radios } from "./govuk-frontend.min.js";

createAll(Button);
createAll(ErrorSummary);
createAll(PasswordInput);
createAll(Radios);

// What was just done takes the focus, so that it is read out and seen.
document.querySelector("[data-focus]")?.focus();

// The card under the person's name closes on Escape and on a click elsewhere.
const account = document.querySelector(".tl-account");
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && account?.open) {
    account.open = false;
    account.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  if (account?.open && !account.contains(event.target)) account.open = false;
});
