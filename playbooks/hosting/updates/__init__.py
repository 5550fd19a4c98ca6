"""Updates of what a website runs on, from archives of the inventory: one by one, each proven or taken back."""
