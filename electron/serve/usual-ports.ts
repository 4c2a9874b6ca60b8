/** Ports when none is asked for; another free one is taken when they are in use. */
export const USUAL_PORTS = { proxy: 4780, workspace: 4781 };
