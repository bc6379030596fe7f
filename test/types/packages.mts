// The observers, the stores and the simulator fit into core and into the libraries beside them.
import { createServer } from 'node:http';
import { createResilience, type Observer } from '@defender-resilience/core';
import { memoryQuotaStore } from '@defender-resilience/core/memory';
import { redisQuotaStore } from '@defender-resilience/core/redis';
import { otelObserver } from '@defender-resilience/otel';
import { startTelemetry, type Telemetry } from '@defender-resilience/otel/sdk';
import { metricsHandler, promObserver } from '@defender-resilience/prom';
import { startSimulator } from '@defender-resilience/simulator';
import { expectTypeOf } from 'expect-type';
import { Redis } from 'ioredis';
import { type OpenMetricsContentType, Registry } from 'prom-client';

expectTypeOf(otelObserver()).toExtend<Observer>();
expectTypeOf(startTelemetry()).resolves.toEqualTypeOf<Telemetry>();

const register = new Registry<OpenMetricsContentType>();
expectTypeOf(promObserver({ register })).toExtend<Observer>();
createServer(metricsHandler(register));

createResilience({ observers: [otelObserver(), promObserver({ register })] });

const simulator = await startSimulator();
expectTypeOf(simulator.url).toEqualTypeOf<string>();

// A quota is shared over a store, and the store takes the client of Redis as it is.
createResilience({ quota: { store: memoryQuotaStore() } });
createResilience({ quota: { store: redisQuotaStore(new Redis()) } });
