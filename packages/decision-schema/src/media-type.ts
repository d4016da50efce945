/**
 * The media type under which decisions are kept: the `content_type` of the version records of
 * decisions, by which they are known in a store's log without a look at their bytes.
 */
export const DECISION_MEDIA_TYPE = 'application/vnd.ucxl.decision+json'
