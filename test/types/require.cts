// A CommonJS program that requires the ES module, as Node 22.12 and later can.
import core = require('@defender-resilience/core');
import axiosAdapter = require('@defender-resilience/core/axios');
import prom = require('@defender-resilience/prom');
import axios = require('axios');

declare function getIncident(id: number): Promise<string>;

const resilience: core.Resilience = core.createResilience({ observers: [prom.promObserver()] });
const wrapped: (id: number) => Promise<string> = resilience.wrap('incidents.get', getIncident);
// @ts-expect-error The parameters of the function are checked here too.
void wrapped('1');

module.exports = { wrapped, client: axiosAdapter.wrapAxios(resilience, axios.create()) };
