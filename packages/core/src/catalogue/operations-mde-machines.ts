import type { Operation } from './entry.ts';
import { mdeDocs, parameters, rows } from './operation-row.ts';

const family = 'mde';
const quota = { perMinute: 100, perHour: 1_500 } as const;

const machines = rows({ family, quotaGroup: 'machines', quota });
const actions = rows({
  family,
  quotaGroup: 'machines.actions',
  quota,
  bodyParameters: parameters('Comment*'),
});
const machineActions = rows({ family, quotaGroup: 'machineActions', quota });

/** The device's recent actions tell whether one that ended in doubt was begun. */
function lookUp(type: string): string {
  return `Read GET /api/machineactions?$filter=machineId eq '{id}' and type eq '${type}' first: an action that was created when this call was sent means that it was carried out.`;
}

const READ_MACHINE_FIRST = 'Read GET /api/machines/{id} first: it may show the change already.';

const queries: readonly Operation[] = [
  machines('machines.list', 'GET /api/machines', { docs: mdeDocs('get-machines') }),
  machines('machines.get', 'GET /api/machines/{id}', { docs: mdeDocs('get-machine-by-id') }),
  machines('machines.update', 'PATCH /api/machines/{id}', {
    bodyParameters: parameters('machineTags', 'deviceValue'),
    ambiguityAdvice: READ_MACHINE_FIRST,
    docs: mdeDocs('update-machine-method'),
  }),
  machines('machines.logonUsers', 'GET /api/machines/{id}/logonusers', {
    docs: mdeDocs('get-machine-log-on-users'),
  }),
  machines('machines.alerts', 'GET /api/machines/{id}/alerts', {
    docs: mdeDocs('get-machine-related-alerts'),
  }),
  machines('machines.vulnerabilities', 'GET /api/machines/{id}/vulnerabilities', {
    docs: mdeDocs('get-discovered-vulnerabilities'),
  }),
  machines('machines.software', 'GET /api/machines/{id}/software', {
    docs: mdeDocs('get-installed-software'),
  }),
  machines('machines.recommendations', 'GET /api/machines/{id}/recommendations', {
    docs: mdeDocs('get-security-recommendations'),
  }),
  machines('machines.missingKbs', 'GET /api/machines/{id}/getmissingkbs', {
    docs: mdeDocs('get-missing-kbs-machine'),
  }),
  machines('machines.findByIp', 'GET /api/machines/findbyip(ip={ip},timestamp={timestamp})', {
    docs: mdeDocs('find-machines-by-ip'),
  }),
  machines('machines.find', 'GET /api/machines/find(timestamp={timestamp},key={key})', {
    docs: mdeDocs('find-machine-info-by-ip'),
  }),
  machines('machines.findByTag', 'GET /api/machines/findbytag', {
    docs: mdeDocs('find-machines-by-tag'),
  }),
];

const commands: readonly Operation[] = [
  actions('machines.isolate', 'POST /api/machines/{id}/isolate', {
    bodyParameters: parameters('Comment*', 'IsolationType'),
    ambiguityAdvice: lookUp('Isolate'),
    docs: mdeDocs('isolate-machine'),
  }),
  actions('machines.unisolate', 'POST /api/machines/{id}/unisolate', {
    ambiguityAdvice: lookUp('Unisolate'),
    docs: mdeDocs('unisolate-machine'),
  }),
  actions('machines.runAntiVirusScan', 'POST /api/machines/{id}/runAntiVirusScan', {
    bodyParameters: parameters('Comment*', 'ScanType*'),
    ambiguityAdvice: lookUp('RunAntiVirusScan'),
    docs: mdeDocs('run-av-scan'),
  }),
  actions('machines.stopAndQuarantineFile', 'POST /api/machines/{id}/StopAndQuarantineFile', {
    bodyParameters: parameters('Comment*', 'Sha1*'),
    ambiguityAdvice: lookUp('StopAndQuarantineFile'),
    docs: mdeDocs('stop-and-quarantine-file'),
  }),
  actions('machines.restrictCodeExecution', 'POST /api/machines/{id}/restrictCodeExecution', {
    ambiguityAdvice: lookUp('RestrictCodeExecution'),
    docs: mdeDocs('restrict-code-execution'),
  }),
  actions('machines.unrestrictCodeExecution', 'POST /api/machines/{id}/unrestrictCodeExecution', {
    ambiguityAdvice: lookUp('UnrestrictCodeExecution'),
    docs: mdeDocs('unrestrict-code-execution'),
  }),
  actions('machines.offboard', 'POST /api/machines/{id}/offboard', {
    ambiguityAdvice: lookUp('Offboard'),
    docs: mdeDocs('offboard-machine-api'),
  }),
  actions(
    'machines.collectInvestigationPackage',
    'POST /api/machines/{id}/collectInvestigationPackage',
    {
      ambiguityAdvice: lookUp('CollectInvestigationPackage'),
      docs: mdeDocs('collect-investigation-package'),
    },
  ),
  actions('machines.runLiveResponse', 'POST /api/machines/{id}/runliveresponse', {
    quotaGroup: 'machines.runLiveResponse',
    // And 25 sessions at a time, which also answers 429.
    quota: { perMinute: 10 },
    bodyParameters: parameters('Commands', 'Comment'),
    ambiguityAdvice: lookUp('LiveResponse'),
    docs: mdeDocs('run-live-response'),
  }),
  actions('machines.startInvestigation', 'POST /api/machines/{id}/startInvestigation', {
    quotaGroup: 'machines.startInvestigation',
    quota: { perHour: 50 },
    ambiguityAdvice:
      "Read GET /api/investigations?$filter=machineId eq '{id}' first: an investigation that began when this call was sent means that it was carried out.",
    docs: mdeDocs('initiate-autoir-investigation'),
  }),
  actions('machines.tag', 'POST /api/machines/{id}/tags', {
    bodyParameters: parameters('Value*', 'Action*'),
    ambiguityAdvice: READ_MACHINE_FIRST,
    docs: mdeDocs('add-or-remove-machine-tags'),
  }),
  actions('machines.tagMany', 'POST /api/machines/AddOrRemoveTagForMultipleMachines', {
    bodyParameters: parameters('Value*', 'Action*', 'MachineIds*'),
    ambiguityAdvice: READ_MACHINE_FIRST,
    docs: mdeDocs('add-or-remove-multiple-machine-tags'),
  }),
  actions('machines.setDeviceValue', 'POST /api/machines/{id}/setDeviceValue', {
    bodyParameters: parameters('DeviceValue*'),
    ambiguityAdvice: READ_MACHINE_FIRST,
    docs: mdeDocs('set-device-value'),
  }),
];

const begun: readonly Operation[] = [
  machineActions('machineActions.list', 'GET /api/machineactions', {
    docs: mdeDocs('get-machineactions-collection'),
  }),
  machineActions('machineActions.get', 'GET /api/machineactions/{id}', {
    docs: mdeDocs('get-machineaction-object'),
  }),
  machineActions('machineActions.cancel', 'POST /api/machineactions/{id}/cancel', {
    bodyParameters: parameters('Comment*'),
    ambiguityAdvice: 'Read GET /api/machineactions/{id} first: its status tells whether it ended.',
    docs: mdeDocs('cancel-machine-action'),
  }),
  machineActions('machineActions.getPackageUri', 'GET /api/machineactions/{id}/getPackageUri', {
    quotaGroup: 'machineActions.getPackageUri',
    quota: { perMinute: 2, perHour: 120 },
    docs: mdeDocs('get-package-sas-uri'),
  }),
  machineActions(
    'machineActions.getLiveResponseResult',
    'GET /api/machineactions/{id}/GetLiveResponseResultDownloadLink(index={index})',
    { docs: mdeDocs('get-live-response-result') },
  ),
];

/** Devices, what can be done to them, and what was. */
export const machineOperations: readonly Operation[] = [...queries, ...commands, ...begun];
