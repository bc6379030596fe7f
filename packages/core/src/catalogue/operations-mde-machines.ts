import type { Operation } from './entry.ts';
import { checkFirst, MDE_QUOTA, rows, shownAt } from './operation-row.ts';

const family = 'mde';

const inMachine = { ambiguityAdvice: shownAt('GET /api/machines/{id}') };

const machines = rows(
  { family, quotaGroup: 'machines', quota: MDE_QUOTA },
  `
    machines.list             GET   /api/machines  get-machines
    machines.get              GET   /api/machines/{id}  get-machine-by-id
    machines.logonUsers       GET   /api/machines/{id}/logonusers  get-machine-log-on-users
    machines.alerts           GET   /api/machines/{id}/alerts  get-machine-related-alerts
    machines.vulnerabilities  GET   /api/machines/{id}/vulnerabilities  get-discovered-vulnerabilities
    machines.findByIp         GET   /api/machines/findbyip(ip={ip},timestamp={timestamp})  find-machines-by-ip
    machines.find             GET   /api/machines/find(timestamp={timestamp},key={key})  find-machine-info-by-ip
    machines.findByTag        GET   /api/machines/findbytag  find-machines-by-tag
    machines.update           PATCH /api/machines/{id}  update-machine-method
  `,
  {
    'machines.vulnerabilities': {
      quotaGroup: 'machines.vulnerabilities',
      quota: { perMinute: 50, perHour: 1_500 },
    },
    'machines.update': { ...inMachine, body: 'machineTags deviceValue' },
  },
);

// No limits are documented for these.
const software = rows(
  { family, quotaGroup: 'software' },
  `
    machines.software         GET /api/machines/{id}/software  get-installed-software
    machines.recommendations  GET /api/machines/{id}/recommendations  get-security-recommendations
    machines.missingKbs       GET /api/machines/{id}/getmissingkbs  get-missing-kbs-machine
  `,
  { 'machines.recommendations': { quotaGroup: 'recommendations' } },
);

/** The device's recent actions show whether an action was started. */
function begunAction(type: string): string {
  return checkFirst(
    `GET /api/machineactions?$filter=machineId eq '{id}' and type eq '${type}'`,
    'an action created at the time of this call means that it was carried out',
  );
}

/** Containing an attack takes precedence over everything else. */
const CONTAINMENT = 10;

const actions = rows(
  { family, quotaGroup: 'machines.actions', quota: MDE_QUOTA, body: 'Comment*' },
  `
    machines.tag                          POST /api/machines/{id}/tags  add-or-remove-machine-tags
    machines.tagMany                      POST /api/machines/AddOrRemoveTagForMultipleMachines  add-or-remove-multiple-machine-tags
    machines.setDeviceValue               POST /api/machines/{id}/setDeviceValue  set-device-value
    machines.isolate                      POST /api/machines/{id}/isolate  isolate-machine
    machines.unisolate                    POST /api/machines/{id}/unisolate  unisolate-machine
    machines.runAntiVirusScan             POST /api/machines/{id}/runAntiVirusScan  run-av-scan
    machines.stopAndQuarantineFile        POST /api/machines/{id}/StopAndQuarantineFile  stop-and-quarantine-file
    machines.restrictCodeExecution        POST /api/machines/{id}/restrictCodeExecution  restrict-code-execution
    machines.unrestrictCodeExecution      POST /api/machines/{id}/unrestrictCodeExecution  unrestrict-code-execution
    machines.offboard                     POST /api/machines/{id}/offboard  offboard-machine-api
    machines.collectInvestigationPackage  POST /api/machines/{id}/collectInvestigationPackage  collect-investigation-package
    machines.runLiveResponse              POST /api/machines/{id}/runliveresponse  run-live-response
    machines.startInvestigation           POST /api/machines/{id}/startInvestigation  initiate-autoir-investigation
  `,
  {
    'machines.tag': { ...inMachine, body: 'Value* Action*' },
    'machines.tagMany': {
      body: 'Value* Action* MachineIds*',
      ambiguityAdvice: checkFirst(
        'GET /api/machines/findbytag?tag={tag}',
        'it lists the devices that have the tag',
      ),
    },
    'machines.setDeviceValue': { ...inMachine, body: 'DeviceValue*' },
    'machines.isolate': {
      priority: CONTAINMENT,
      body: 'Comment* IsolationType',
      ambiguityAdvice: begunAction('Isolate'),
    },
    'machines.unisolate': { ambiguityAdvice: begunAction('Unisolate') },
    'machines.runAntiVirusScan': {
      body: 'Comment* ScanType*',
      ambiguityAdvice: begunAction('RunAntiVirusScan'),
    },
    'machines.stopAndQuarantineFile': {
      priority: CONTAINMENT,
      body: 'Comment* Sha1*',
      ambiguityAdvice: begunAction('StopAndQuarantineFile'),
    },
    'machines.restrictCodeExecution': {
      priority: CONTAINMENT,
      ambiguityAdvice: begunAction('RestrictCodeExecution'),
    },
    'machines.unrestrictCodeExecution': {
      ambiguityAdvice: begunAction('UnrestrictCodeExecution'),
    },
    'machines.offboard': { ambiguityAdvice: begunAction('Offboard') },
    'machines.collectInvestigationPackage': {
      ambiguityAdvice: begunAction('CollectInvestigationPackage'),
    },
    'machines.runLiveResponse': {
      quotaGroup: 'machines.runLiveResponse',
      // More than 25 concurrent sessions get the same 429.
      quota: { perMinute: 10 },
      body: 'Commands Comment',
      ambiguityAdvice: begunAction('LiveResponse'),
    },
    'machines.startInvestigation': {
      quotaGroup: 'machines.startInvestigation',
      quota: { perHour: 50 },
      ambiguityAdvice: checkFirst(
        "GET /api/investigations?$filter=machineId eq '{id}'",
        'one started at the time of this call means that it was carried out',
      ),
    },
  },
);

const machineActions = rows(
  { family, quotaGroup: 'machineActions', quota: MDE_QUOTA },
  `
    machineActions.list                   GET  /api/machineactions  get-machineactions-collection
    machineActions.get                    GET  /api/machineactions/{id}  get-machineaction-object
    machineActions.cancel                 POST /api/machineactions/{id}/cancel  cancel-machine-action
    machineActions.getPackageUri          GET  /api/machineactions/{id}/getPackageUri  get-package-sas-uri
    machineActions.getLiveResponseResult  GET  /api/machineactions/{id}/GetLiveResponseResultDownloadLink(index={index})  get-live-response-result
  `,
  {
    'machineActions.cancel': {
      // Unlike for the other actions, the page does not call the comment required.
      body: 'Comment',
      ambiguityAdvice: checkFirst(
        'GET /api/machineactions/{id}',
        'its status shows whether it was cancelled',
      ),
    },
    'machineActions.getPackageUri': {
      quotaGroup: 'machineActions.getPackageUri',
      quota: { perMinute: 2, perHour: 120 },
    },
  },
);

/** Devices, the actions on them, and the list of past actions. */
export const machineOperations: readonly Operation[] = [
  ...machines,
  ...software,
  ...actions,
  ...machineActions,
];
