/** The types of the facets that FoCo actors hand out. None yet (SPEC F). */
export {};
