/**
 * The process has the time zone UTC, set before anything asks for it: a date tells its time zone, also
 * in a vat, and a turn must not depend on where the machine stands.
 */
process.env['TZ'] = 'UTC';
