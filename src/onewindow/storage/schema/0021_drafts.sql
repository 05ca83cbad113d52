-- Drafts are kept by the people's pages, in a table of theirs; nothing ever wrote this one.
DROP TABLE draft;
