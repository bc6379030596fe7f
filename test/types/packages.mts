// The observers and the simulator fit into core and into the libraries beside them.
import { createServer } from 'node:http';
import { createResilience, type Observer } from '@defender-resilience/core';
import { otelObserver } from '@defender-resilience/otel';
import { startTelemetry, type Telemetry } from '@defender-resilience/otel/sdk';
import { metricsHandler, promObserver } from '@defender-resilience/prom';
import { startSimulator } from '@defender-resilience/simulator';
import { expectTypeOf } from 'expect-type';
import { type OpenMetricsContentType, Registry } from 'prom-client';

expectTypeOf(otelObserver()).toExtend<Observer>();
expectTypeOf(startTelemetry()).resolves.toEqualTypeOf<Telemetry>();

const register = new Registry<OpenMetricsContentType>();
expectTypeOf(promObserver({ register })).toExtend<Observer>();
createServer(metricsHandler(register));

createResilience({ observers: [otelObserver(), promObserver({ register })] });

const simulator = await startSimulator();
expectTypeOf(simulator.url).toEqualTypeOf<string>();
