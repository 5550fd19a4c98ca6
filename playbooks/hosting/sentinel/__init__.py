"""Looks at a site's pages for what was slipped into them: gambling, hidden links, cloaking, defacement."""
