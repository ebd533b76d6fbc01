"""The site: pages, people, walls. The only Django in the house."""
