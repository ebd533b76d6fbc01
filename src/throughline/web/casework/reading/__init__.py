"""What pages read, put together. `casework.selectors` is the door; nothing else imports from here."""
