/** A feature gate as kube-proxy 1.37 has it. */
interface FeatureGate {
  readonly isOn: boolean;
  /** It may be set to nothing else. */
  readonly isLocked: boolean;
  /** The gate that sets it along with all others of its stage. */
  readonly setBy: "AllAlpha" | "AllBeta" | undefined;
}

function gatesOf(names: string, gate: FeatureGate): [string, FeatureGate][] {
  return names
    .trim()
    .split(/\s+/)
    .map((name) => [name, gate]);
}

/** All that kube-proxy 1.37 knows: its binary carries all of Kubernetes' own (pkg/features/kube_features.go and others). */
const featureGates: ReadonlyMap<string, FeatureGate> = new Map([
  ...gatesOf(
    `
  APIServerWebhookAuthenticationToken APIServingWithRoutine AllAlpha AtomicWriteVolumeUserFields
  CBORServingAndStorage CPUManagerPolicyAlphaOptions CRIListStreaming CSIVolumeHealth ClientsAllowCBOR
  ClientsPreferCBOR CloudControllerManagerWatchBasedRoutesReconciliation CloudControllerManagerWebhook
  CompositePodGroup ConsistentListFromCacheSkipTimeoutFallback ContainerStopSignals
  ControllerManagerReleaseLeaderElectionLockOnExit CrossNamespaceVolumeDataSource DRADerivedAttributes
  DRADeviceCompatibilityGroups DRAListTypeAttributes DRANodeAllocatableResources DRAOptionalNodeOperations
  DRAPartitionableDevicesType DRAResourcePoolStatus DefaultPodSysctls EmptyDirVolumeMode EventedPLEG
  EvictionRequestAPI GRPCContainerProbeTLS H2CContainerProbe ImageVolumeWithDigest
  InPlacePodVerticalScalingExclusiveCPUs InPlacePodVerticalScalingExclusiveMemory
  InPlacePodVerticalScalingMemoryBackedVolumes InPlacePodVerticalScalingSchedulerPreemption
  InterPodAffinityHostnameFastPath KubeProxyNFTablesLocalhostNodePorts KubeletAllocatedPodsEndpoint
  LoggingAlphaOptions MutablePVNodeAffinity NodeLifecycleConditions PodGroupPreemptionPolicy
  PodLogsQuerySplitStreams QOSReserved ReduceDefaultCrashLoopBackOffDecay RuntimeClassInImageCriApi
  SchedulerPreQueueingHints ShardedListAndWatch StatefulSetRecreateStrategy StorageVersionAPI
  TaintTolerationComparisonOperators TopologyAwareWorkloadScheduling TopologyManagerPolicyAlphaOptions
  UserNamespacesHostNetworkSupport VolumeBindMountOptions WindowsCPUAndMemoryAffinity WorkloadWithJob
  `,
    { isOn: false, isLocked: false, setBy: "AllAlpha" },
  ),
  ...gatesOf(
    `
  APIResponseCompression APIServerIdentity AllowParsingUserUIDFromCertAuth AllowUnsafeMalformedObjectDeletion
  AtomicFIFO AuthorizePodWebsocketUpgradeCreatePermission CPUManagerPolicyBetaOptions CRDObservedGenerationTracking
  ClearingNominatedNodeNameAfterBinding ClientsAllowCARotation ClientsAllowTLSCacheGC ComponentFlagz
  ComponentStatusz ConcurrentWatchObjectDecode ConstrainedImpersonation ContainerCheckpoint ContainerRestartRules
  ContextualLogging DRAConsumableCapacity DRADeviceBindingConditions DRAPartitionableDevices
  DRAResourceClaimGranularStatusAuthorization DRASchedulerFilterTimeout DeclarativeValidationBeta
  DeploymentReplicaSetTerminatingReplicas DetectCacheInconsistency EnvFiles EtcdRangeStream
  ExcludeAdmissionWebhookVirtualResources ExtendWebSocketsToKubelet GracefulNodeShutdown
  GracefulNodeShutdownBasedOnPodPriority HPAGeneration HPAOptimizedSelectorStore HPAScaleToZero
  HugepageAwareEviction InOrderInformersBatchProcess InPlacePodLevelResourcesVerticalScaling
  KubeletCrashLoopBackOffMax KubeletEnsureSecretPulledImages KubeletInUserNamespace KubeletSeparateDiskGC
  KubeletServiceAccountTokenForCredentialProviders ListFromCacheSnapshot LoggingBetaOptions
  ManifestBasedAdmissionControlConfig MatchLabelKeysInPodTopologySpread
  MatchLabelKeysInPodTopologySpreadSelectorMerge MaxUnavailableStatefulSet MemoryQoS
  MutablePodResourcesForSuspendedJobs MutableSchedulingDirectivesForSuspendedJobs NFTablesNetlink NativeHistograms
  NodeControllerLeaseCircuitBreaker NominatedNodeNameForExpectation OpenAPIEnums OpportunisticBatching
  PersistentVolumeClaimUnusedSinceTime PodDeletionCost PodLevelResources PodLevelResourcesFixDefaulting
  PodLevelResourcesFixKubeletQOSClass PodTopologyLabelsAdmission PodsAPI PortForwardWebsockets
  ReloadKubeletClientCAFile ReloadKubeletServerCertificateFile RemoteRequestHeaderUID ResourceHealthStatus
  ResourceHealthStatusMessage RestartAllContainersOnContainerExits RotateKubeletServerCertificate
  SchedulerAsyncPreemption SchedulerPopFromBackoffQ ServiceAccountNodeAudienceRestriction SizeBasedListCostEstimate
  StaleControllerConsistencyDaemonSet StaleControllerConsistencyHPA StaleControllerConsistencyJob
  StaleControllerConsistencyReplicaSet StaleControllerConsistencyStatefulSet StatefulSetSemanticRevisionComparison
  StorageCapacityScoring StorageVersionHash StrictIPCIDRValidation
  StructuredAuthenticationConfigurationEgressSelector StructuredAuthenticationConfigurationJWKSMetrics
  TokenRequestServiceAccountUIDValidation TopologyManagerPolicyBetaOptions TranslateStreamCloseWebsocketRequests
  UnauthenticatedHTTP2DOSMitigation UnknownVersionInteroperabilityProxy UnlockWhileProcessingFIFO VolumeLimitScaling
  WatchList WatchListClient WatchListCompression WebhookRoundTripLoadBalancing WindowsGracefulNodeShutdown
  `,
    { isOn: true, isLocked: false, setBy: "AllBeta" },
  ),
  ...gatesOf(
    `
  AllBeta CoordinatedLeaderElection DRAFractionalCapacityRange DRAWorkloadResourceClaims GenericWorkload
  LocalStorageCapacityIsolationFSQuotaMonitoring PodAndContainerStatsFromCRI PodLevelResourceManagers
  SchedulerAsyncAPICalls
  `,
    { isOn: false, isLocked: false, setBy: "AllBeta" },
  ),
  // General availability or deprecation.
  ...gatesOf(
    `
  AllowServiceExternalIPs ClusterTrustBundle ClusterTrustBundleProjection CustomCPUCFSQuotaPeriod
  DRADeviceTaintRules DRADeviceTaints InformerResourceVersion KubeProxyIPVS KubeletPodResourcesListUseActivePods
  MutatingAdmissionPolicy PodCertificateRequest SELinuxMount ServiceCIDRStatusFieldWiping StorageNamespaceIndex
  StorageVersionMigrator
  `,
    { isOn: true, isLocked: false, setBy: undefined },
  ),
  ...gatesOf(
    `
  AllowDNSOnlyNodeCSR AllowInsecureKubeletCertificateSigningRequests ChangeContainerStatusOnKubeletRestart KMSv1
  KubeletRegistrationGetOnExistsOnly WindowsHostNetwork
  `,
    { isOn: false, isLocked: false, setBy: undefined },
  ),
  ...gatesOf(
    `
  AggregatedDiscoveryRemoveBetaType CPUManagerPolicyOptions CRDValidationRatcheting CSIServiceAccountTokenSecrets
  CustomResourceFieldSelectors DRAAdminAccess DRAExtendedResource DRAPrioritizedList DRAResourceClaimDeviceStatus
  DeclarativeValidation DisableAllocatorDualWrite DisableCPUQuotaWithExclusiveCPUs DisableNodeKubeProxyVersion
  DynamicResourceAllocation ExecProbeTimeout ExternalServiceAccountTokenSigner HPAConfigurableTolerance
  HostnameOverride ImageMaximumGCAge ImageVolume InOrderInformers InPlacePodVerticalScaling
  InPlacePodVerticalScalingInitContainers JobManagedBy KubeletCgroupDriverFromCRI KubeletFineGrainedAuthz KubeletPSI
  KubeletPodResourcesDynamicResources KubeletPodResourcesGet KubeletTracing MatchLabelKeysInPodAffinity
  MultiCIDRServiceAllocator MutableCSINodeAllocatableCount NFTablesProxyMode NodeDeclaredFeatures
  NodeInclusionPolicyInPodTopologySpread NodeLogQuery NodeSwap PLEGOnDemandRelist PodObservedGenerationTracking
  PodReadyToStartContainersCondition PodSchedulingReadiness PreferSameTrafficDistribution ProcMountType
  RecoverVolumeExpansionFailure RecursiveReadOnlyMounts RelaxedEnvironmentVariableValidation
  RelaxedServiceNameValidation SELinuxChangePolicy SELinuxMountReadWriteOncePod SeparateTaintEvictionController
  ServiceAccountTokenJTI ServiceAccountTokenNodeBinding ServiceAccountTokenNodeBindingValidation
  ServiceAccountTokenPodNodeInfo SupplementalGroupsPolicy SystemdWatchdog TopologyManagerPolicyOptions
  UserNamespacesSupport VolumeAttributesClass WatchCacheInitializationPostStartHook WinDSR WinOverlay
  `,
    { isOn: true, isLocked: true, setBy: undefined },
  ),
  ...gatesOf(
    `
  AllowOverwriteTerminationGracePeriodSeconds DeclarativeValidationTakeover GitRepoVolumeDriver
  SeparateCacheWatchRPC
  `,
    { isOn: false, isLocked: true, setBy: undefined },
  ),
]);

/** The gates that others need: those that are locked to true are left out. */
const needs: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    ClusterTrustBundleProjection: ["ClusterTrustBundle"],
    CompositePodGroup: ["GenericWorkload", "TopologyAwareWorkloadScheduling"],
    DRADeviceCompatibilityGroups: ["DRAPartitionableDevices"],
    DRADeviceTaintRules: ["DRADeviceTaints"],
    DRAFractionalCapacityRange: ["DRAConsumableCapacity"],
    DRAPartitionableDevicesType: ["DRAPartitionableDevices", "DRAResourcePoolStatus"],
    DRAWorkloadResourceClaims: ["GenericWorkload"],
    GracefulNodeShutdownBasedOnPodPriority: ["GracefulNodeShutdown"],
    InPlacePodLevelResourcesVerticalScaling: ["PodLevelResources"],
    MatchLabelKeysInPodTopologySpreadSelectorMerge: ["MatchLabelKeysInPodTopologySpread"],
    NodeControllerLeaseCircuitBreaker: ["AtomicFIFO"],
    PodGroupPreemptionPolicy: ["GenericWorkload"],
    PodLevelResourceManagers: ["PodLevelResources"],
    PodLevelResourcesFixDefaulting: ["PodLevelResources"],
    PodLevelResourcesFixKubeletQOSClass: ["PodLevelResources"],
    ResourceHealthStatusMessage: ["ResourceHealthStatus"],
    RestartAllContainersOnContainerExits: ["ContainerRestartRules"],
    StaleControllerConsistencyDaemonSet: ["AtomicFIFO"],
    StaleControllerConsistencyHPA: ["AtomicFIFO"],
    StaleControllerConsistencyJob: ["AtomicFIFO"],
    StaleControllerConsistencyReplicaSet: ["AtomicFIFO"],
    StaleControllerConsistencyStatefulSet: ["AtomicFIFO"],
    StorageVersionAPI: ["APIServerIdentity"],
    TopologyAwareWorkloadScheduling: ["GenericWorkload"],
    UnknownVersionInteroperabilityProxy: ["APIServerIdentity"],
    WindowsGracefulNodeShutdown: ["GracefulNodeShutdown"],
    WorkloadWithJob: ["GenericWorkload"],
  }),
);

type GateSettings = Readonly<Record<string, boolean>>;

/** Is a gate on under a configuration's `featureGates`? What is said of it counts for more than AllAlpha and AllBeta. */
export function isGateOn(name: string, given: GateSettings): boolean {
  const { isOn, setBy } = featureGates.get(name)!;
  return given[name] ?? (setBy === undefined ? undefined : given[setBy]) ?? isOn;
}

/** What makes a configuration's `featureGates` be refused; `gate` is undefined where it is not one of those that are given. */
export interface GateRefusal {
  readonly gate: string | undefined;
  readonly message: string;
}

/** SetFromMap of k8s.io/component-base/featuregate, whose errors come sorted in no order; here as they are written. */
export function gateRefusals(given: GateSettings): GateRefusal[] {
  const refusals = Object.entries(given).flatMap(([gate, value]) => settingRefusals(gate, value));
  if (refusals.length > 0) return refusals;
  return [...needs].flatMap(([gate, needed]) => {
    const missing = isGateOn(gate, given) ? needed.filter((one) => !isGateOn(one, given)) : [];
    if (missing.length === 0) return [];
    const message = `${gate} is enabled, but depends on features that are disabled: [${missing.join(" ")}]`;
    return [{ gate: undefined, message }];
  });
}

function settingRefusals(gate: string, value: boolean): GateRefusal[] {
  const known = featureGates.get(gate);
  if (known === undefined) return [{ gate, message: `unrecognized feature gate: ${gate}` }];
  if (!known.isLocked || known.isOn === value) return [];
  return [{ gate, message: `cannot set feature gate ${gate} to ${value}, feature is locked to ${known.isOn}` }];
}
