"""People, the posts of agencies and who holds them: work belongs to posts, decisions are tied to persons."""
