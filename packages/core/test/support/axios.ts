import axios, { type AxiosError } from 'axios';
import axiosV0 from 'axios-v0';
import { rejectionOf } from './clients.ts';

/** The supported majors of axios. They differ in their types, and are used alike. */
export const majors: readonly { readonly name: string; readonly library: typeof axios }[] = [
  { name: 'axios 1', library: axios },
  { name: 'axios 0', library: axiosV0 as unknown as typeof axios },
];

export const rejection: (promise: Promise<unknown>) => Promise<AxiosError> =
  rejectionOf<AxiosError>;
