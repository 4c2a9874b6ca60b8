/** Search filters for messages, a run of their rows each, as `page_terms` are for pages. */
export const sql = `
CREATE TABLE message_terms (last INTEGER PRIMARY KEY, first INTEGER NOT NULL, terms BLOB NOT NULL); -- made in quiet moments, see grams.ts
`;
