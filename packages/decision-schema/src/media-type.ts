/** The media type under which decisions are kept, and by which they are known in the log of a store. */
export const DECISION_MEDIA_TYPE = 'application/vnd.ucxl.decision+json'
