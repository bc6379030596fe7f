import type { Operation } from './entry.ts';
import {
  checkFirst,
  mdeDocs,
  parameters,
  MDE_QUOTA as quota,
  rows,
  shownAt,
} from './operation-row.ts';

const family = 'mde';

const machines = rows({ family, quotaGroup: 'machines', quota });
const software = rows({ family, quotaGroup: 'software' });
const actions = rows({
  family,
  quotaGroup: 'machines.actions',
  quota,
  bodyParameters: parameters('Comment*'),
});
const machineActions = rows({ family, quotaGroup: 'machineActions', quota });

const queries: readonly Operation[] = [
  machines('machines.list', 'GET /api/machines', { docs: mdeDocs('get-machines') }),
  machines('machines.get', 'GET /api/machines/{id}', { docs: mdeDocs('get-machine-by-id') }),
  machines('machines.logonUsers', 'GET /api/machines/{id}/logonusers', {
    docs: mdeDocs('get-machine-log-on-users'),
  }),
  machines('machines.alerts', 'GET /api/machines/{id}/alerts', {
    docs: mdeDocs('get-machine-related-alerts'),
  }),
  machines('machines.vulnerabilities', 'GET /api/machines/{id}/vulnerabilities', {
    quotaGroup: 'machines.vulnerabilities',
    quota: { perMinute: 50, perHour: 1_500 },
    docs: mdeDocs('get-discovered-vulnerabilities'),
  }),
  software('machines.software', 'GET /api/machines/{id}/software', {
    docs: mdeDocs('get-installed-software'),
  }),
  software('machines.recommendations', 'GET /api/machines/{id}/recommendations', {
    quotaGroup: 'recommendations',
    docs: mdeDocs('get-security-recommendations'),
  }),
  software('machines.missingKbs', 'GET /api/machines/{id}/getmissingkbs', {
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

const SHOWN_IN_MACHINE = shownAt('GET /api/machines/{id}');

const settings: readonly Operation[] = [
  machines('machines.update', 'PATCH /api/machines/{id}', {
    bodyParameters: parameters('machineTags', 'deviceValue'),
    ambiguityAdvice: SHOWN_IN_MACHINE,
    docs: mdeDocs('update-machine-method'),
  }),
  actions('machines.tag', 'POST /api/machines/{id}/tags', {
    bodyParameters: parameters('Value*', 'Action*'),
    ambiguityAdvice: SHOWN_IN_MACHINE,
    docs: mdeDocs('add-or-remove-machine-tags'),
  }),
  actions('machines.tagMany', 'POST /api/machines/AddOrRemoveTagForMultipleMachines', {
    bodyParameters: parameters('Value*', 'Action*', 'MachineIds*'),
    ambiguityAdvice: checkFirst(
      'GET /api/machines/findbytag?tag={tag}',
      'it lists the devices that have the tag',
    ),
    docs: mdeDocs('add-or-remove-multiple-machine-tags'),
  }),
  actions('machines.setDeviceValue', 'POST /api/machines/{id}/setDeviceValue', {
    bodyParameters: parameters('DeviceValue*'),
    ambiguityAdvice: SHOWN_IN_MACHINE,
    docs: mdeDocs('set-device-value'),
  }),
];

/** Whether an action was started is visible among the device's recent actions. */
function begunAction(type: string): string {
  return checkFirst(
    `GET /api/machineactions?$filter=machineId eq '{id}' and type eq '${type}'`,
    'an action created at the time of this call means that it was carried out',
  );
}

/** Containing an attack takes precedence over everything else. */
const CONTAINMENT = 10;

const commands: readonly Operation[] = [
  actions('machines.isolate', 'POST /api/machines/{id}/isolate', {
    priority: CONTAINMENT,
    bodyParameters: parameters('Comment*', 'IsolationType'),
    ambiguityAdvice: begunAction('Isolate'),
    docs: mdeDocs('isolate-machine'),
  }),
  actions('machines.unisolate', 'POST /api/machines/{id}/unisolate', {
    ambiguityAdvice: begunAction('Unisolate'),
    docs: mdeDocs('unisolate-machine'),
  }),
  actions('machines.runAntiVirusScan', 'POST /api/machines/{id}/runAntiVirusScan', {
    bodyParameters: parameters('Comment*', 'ScanType*'),
    ambiguityAdvice: begunAction('RunAntiVirusScan'),
    docs: mdeDocs('run-av-scan'),
  }),
  actions('machines.stopAndQuarantineFile', 'POST /api/machines/{id}/StopAndQuarantineFile', {
    priority: CONTAINMENT,
    bodyParameters: parameters('Comment*', 'Sha1*'),
    ambiguityAdvice: begunAction('StopAndQuarantineFile'),
    docs: mdeDocs('stop-and-quarantine-file'),
  }),
  actions('machines.restrictCodeExecution', 'POST /api/machines/{id}/restrictCodeExecution', {
    priority: CONTAINMENT,
    ambiguityAdvice: begunAction('RestrictCodeExecution'),
    docs: mdeDocs('restrict-code-execution'),
  }),
  actions('machines.unrestrictCodeExecution', 'POST /api/machines/{id}/unrestrictCodeExecution', {
    ambiguityAdvice: begunAction('UnrestrictCodeExecution'),
    docs: mdeDocs('unrestrict-code-execution'),
  }),
  actions('machines.offboard', 'POST /api/machines/{id}/offboard', {
    ambiguityAdvice: begunAction('Offboard'),
    docs: mdeDocs('offboard-machine-api'),
  }),
  actions(
    'machines.collectInvestigationPackage',
    'POST /api/machines/{id}/collectInvestigationPackage',
    {
      ambiguityAdvice: begunAction('CollectInvestigationPackage'),
      docs: mdeDocs('collect-investigation-package'),
    },
  ),
  actions('machines.runLiveResponse', 'POST /api/machines/{id}/runliveresponse', {
    quotaGroup: 'machines.runLiveResponse',
    // More than 25 concurrent sessions get the same 429.
    quota: { perMinute: 10 },
    bodyParameters: parameters('Commands', 'Comment'),
    ambiguityAdvice: begunAction('LiveResponse'),
    docs: mdeDocs('run-live-response'),
  }),
  actions('machines.startInvestigation', 'POST /api/machines/{id}/startInvestigation', {
    quotaGroup: 'machines.startInvestigation',
    quota: { perHour: 50 },
    ambiguityAdvice: checkFirst(
      "GET /api/investigations?$filter=machineId eq '{id}'",
      'one started at the time of this call means that it was carried out',
    ),
    docs: mdeDocs('initiate-autoir-investigation'),
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
    // Unlike for the other actions, the page does not call the comment required.
    bodyParameters: parameters('Comment'),
    ambiguityAdvice: checkFirst(
      'GET /api/machineactions/{id}',
      'its status shows whether it was cancelled',
    ),
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

/** Devices, the actions on them, and the list of past actions. */
export const machineOperations: readonly Operation[] = [
  ...queries,
  ...settings,
  ...commands,
  ...begun,
];
