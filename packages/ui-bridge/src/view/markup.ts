/** The type of what a component makes. Its text is escaped by `hono/jsx`, in elements and in attributes. */
import type { Child } from 'hono/jsx';
import type { HtmlEscapedString } from 'hono/utils/html';

export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>;
/** What may stand inside an element. */
export type Inner = Child | Markup;
