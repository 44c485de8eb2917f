/* emu/device.h - what a program may ask of the device: cudaDeviceProp and the attributes, which are
 * answered from it. What the emulator cannot know is 0. Numbers as NVIDIA's. */
#ifndef EMU_DEVICE_H
#define EMU_DEVICE_H

#include <stddef.h>

typedef struct CUuuid_st {
    char bytes[16];
} CUuuid, cudaUUID_t;

/* Those of CUDA 13, and what older versions had besides (the last lines). */
struct cudaDeviceProp {
    char name[256];
    cudaUUID_t uuid;
    char luid[8];
    unsigned luidDeviceNodeMask;
    size_t totalGlobalMem, sharedMemPerBlock, sharedMemPerBlockOptin, sharedMemPerMultiprocessor;
    size_t reservedSharedMemPerBlock, totalConstMem, memPitch;
    size_t textureAlignment, texturePitchAlignment, surfaceAlignment;
    int major, minor, multiProcessorCount, warpSize, regsPerBlock, regsPerMultiprocessor;
    int maxThreadsPerBlock, maxThreadsPerMultiProcessor, maxBlocksPerMultiProcessor;
    int maxThreadsDim[3], maxGridSize[3];
    int maxTexture1D, maxTexture1DMipmap, maxTexture1DLinear, maxTexture1DLayered[2];
    int maxTexture2D[2], maxTexture2DMipmap[2], maxTexture2DLinear[3], maxTexture2DGather[2];
    int maxTexture2DLayered[3], maxTexture3D[3], maxTexture3DAlt[3];
    int maxTextureCubemap, maxTextureCubemapLayered[2];
    int maxSurface1D, maxSurface2D[2], maxSurface3D[3], maxSurface1DLayered[2], maxSurface2DLayered[3];
    int maxSurfaceCubemap, maxSurfaceCubemapLayered[2];
    int l2CacheSize, persistingL2CacheMaxSize, accessPolicyMaxWindowSize, memoryBusWidth;
    int globalL1CacheSupported, localL1CacheSupported;
    int concurrentKernels, asyncEngineCount, streamPrioritiesSupported, computePreemptionSupported;
    int managedMemory, concurrentManagedAccess, directManagedMemAccessFromHost, unifiedAddressing;
    int pageableMemoryAccess, pageableMemoryAccessUsesHostPageTables, hostNativeAtomicSupported;
    int canMapHostMemory, canUseHostPointerForRegisteredMem, hostRegisterSupported;
    int hostRegisterReadOnlySupported, cooperativeLaunch, clusterLaunch, unifiedFunctionPointers;
    int memoryPoolsSupported, sparseCudaArraySupported, deferredMappingCudaArraySupported;
    unsigned memoryPoolSupportedHandleTypes;
    int timelineSemaphoreInteropSupported, gpuDirectRDMASupported, gpuDirectRDMAWritesOrdering;
    unsigned gpuDirectRDMAFlushWritesOptions;
    int ipcEventSupported, mpsEnabled, deviceNumaConfig, deviceNumaId, hostNumaId;
    int hostNumaMultinodeIpcSupported;
    int integrated, ECCEnabled, tccDriver, isMultiGpuBoard, multiGpuBoardGroupID;
    int pciBusID, pciDeviceID, pciDomainID;
    unsigned gpuPciDeviceID, gpuPciSubsystemID;
    int memoryClockRate, clockRate, computeMode, kernelExecTimeoutEnabled, deviceOverlap;
    int cooperativeMultiDeviceLaunch, singleToDoublePrecisionPerfRatio;
};

/* number, cudaDevAttr..., value of the properties p */
#define EMU_ATTRIBUTES(A)                                                                    \
    A(1, MaxThreadsPerBlock, p.maxThreadsPerBlock)                                           \
    A(2, MaxBlockDimX, p.maxThreadsDim[0])                                                   \
    A(3, MaxBlockDimY, p.maxThreadsDim[1])                                                   \
    A(4, MaxBlockDimZ, p.maxThreadsDim[2])                                                   \
    A(5, MaxGridDimX, p.maxGridSize[0])                                                      \
    A(6, MaxGridDimY, p.maxGridSize[1])                                                      \
    A(7, MaxGridDimZ, p.maxGridSize[2])                                                      \
    A(8, MaxSharedMemoryPerBlock, p.sharedMemPerBlock)                                       \
    A(9, TotalConstantMemory, p.totalConstMem)                                               \
    A(10, WarpSize, p.warpSize)                                                              \
    A(11, MaxPitch, p.memPitch)                                                              \
    A(12, MaxRegistersPerBlock, p.regsPerBlock)                                              \
    A(13, ClockRate, p.clockRate)                                                            \
    A(14, TextureAlignment, p.textureAlignment)                                              \
    A(15, GpuOverlap, p.deviceOverlap)                                                       \
    A(16, MultiProcessorCount, p.multiProcessorCount)                                        \
    A(17, KernelExecTimeout, p.kernelExecTimeoutEnabled)                                     \
    A(18, Integrated, p.integrated)                                                          \
    A(19, CanMapHostMemory, p.canMapHostMemory)                                              \
    A(20, ComputeMode, p.computeMode)                                                        \
    A(21, MaxTexture1DWidth, p.maxTexture1D)                                                 \
    A(22, MaxTexture2DWidth, p.maxTexture2D[0])                                              \
    A(23, MaxTexture2DHeight, p.maxTexture2D[1])                                             \
    A(24, MaxTexture3DWidth, p.maxTexture3D[0])                                              \
    A(25, MaxTexture3DHeight, p.maxTexture3D[1])                                             \
    A(26, MaxTexture3DDepth, p.maxTexture3D[2])                                              \
    A(27, MaxTexture2DLayeredWidth, p.maxTexture2DLayered[0])                                \
    A(28, MaxTexture2DLayeredHeight, p.maxTexture2DLayered[1])                               \
    A(29, MaxTexture2DLayeredLayers, p.maxTexture2DLayered[2])                               \
    A(30, SurfaceAlignment, p.surfaceAlignment)                                              \
    A(31, ConcurrentKernels, p.concurrentKernels)                                            \
    A(32, EccEnabled, p.ECCEnabled)                                                          \
    A(33, PciBusId, p.pciBusID)                                                              \
    A(34, PciDeviceId, p.pciDeviceID)                                                        \
    A(35, TccDriver, p.tccDriver)                                                            \
    A(36, MemoryClockRate, p.memoryClockRate)                                                \
    A(37, GlobalMemoryBusWidth, p.memoryBusWidth)                                            \
    A(38, L2CacheSize, p.l2CacheSize)                                                        \
    A(39, MaxThreadsPerMultiProcessor, p.maxThreadsPerMultiProcessor)                        \
    A(40, AsyncEngineCount, p.asyncEngineCount)                                              \
    A(41, UnifiedAddressing, p.unifiedAddressing)                                            \
    A(42, MaxTexture1DLayeredWidth, p.maxTexture1DLayered[0])                                \
    A(43, MaxTexture1DLayeredLayers, p.maxTexture1DLayered[1])                               \
    A(45, MaxTexture2DGatherWidth, p.maxTexture2DGather[0])                                  \
    A(46, MaxTexture2DGatherHeight, p.maxTexture2DGather[1])                                 \
    A(47, MaxTexture3DWidthAlt, p.maxTexture3DAlt[0])                                        \
    A(48, MaxTexture3DHeightAlt, p.maxTexture3DAlt[1])                                       \
    A(49, MaxTexture3DDepthAlt, p.maxTexture3DAlt[2])                                        \
    A(50, PciDomainId, p.pciDomainID)                                                        \
    A(51, TexturePitchAlignment, p.texturePitchAlignment)                                    \
    A(52, MaxTextureCubemapWidth, p.maxTextureCubemap)                                       \
    A(53, MaxTextureCubemapLayeredWidth, p.maxTextureCubemapLayered[0])                      \
    A(54, MaxTextureCubemapLayeredLayers, p.maxTextureCubemapLayered[1])                     \
    A(55, MaxSurface1DWidth, p.maxSurface1D)                                                 \
    A(56, MaxSurface2DWidth, p.maxSurface2D[0])                                              \
    A(57, MaxSurface2DHeight, p.maxSurface2D[1])                                             \
    A(58, MaxSurface3DWidth, p.maxSurface3D[0])                                              \
    A(59, MaxSurface3DHeight, p.maxSurface3D[1])                                             \
    A(60, MaxSurface3DDepth, p.maxSurface3D[2])                                              \
    A(61, MaxSurface1DLayeredWidth, p.maxSurface1DLayered[0])                                \
    A(62, MaxSurface1DLayeredLayers, p.maxSurface1DLayered[1])                               \
    A(63, MaxSurface2DLayeredWidth, p.maxSurface2DLayered[0])                                \
    A(64, MaxSurface2DLayeredHeight, p.maxSurface2DLayered[1])                               \
    A(65, MaxSurface2DLayeredLayers, p.maxSurface2DLayered[2])                               \
    A(66, MaxSurfaceCubemapWidth, p.maxSurfaceCubemap)                                       \
    A(67, MaxSurfaceCubemapLayeredWidth, p.maxSurfaceCubemapLayered[0])                      \
    A(68, MaxSurfaceCubemapLayeredLayers, p.maxSurfaceCubemapLayered[1])                     \
    A(69, MaxTexture1DLinearWidth, p.maxTexture1DLinear)                                     \
    A(70, MaxTexture2DLinearWidth, p.maxTexture2DLinear[0])                                  \
    A(71, MaxTexture2DLinearHeight, p.maxTexture2DLinear[1])                                 \
    A(72, MaxTexture2DLinearPitch, p.maxTexture2DLinear[2])                                  \
    A(73, MaxTexture2DMipmappedWidth, p.maxTexture2DMipmap[0])                               \
    A(74, MaxTexture2DMipmappedHeight, p.maxTexture2DMipmap[1])                              \
    A(75, ComputeCapabilityMajor, p.major)                                                   \
    A(76, ComputeCapabilityMinor, p.minor)                                                   \
    A(77, MaxTexture1DMipmappedWidth, p.maxTexture1DMipmap)                                  \
    A(78, StreamPrioritiesSupported, p.streamPrioritiesSupported)                            \
    A(79, GlobalL1CacheSupported, p.globalL1CacheSupported)                                  \
    A(80, LocalL1CacheSupported, p.localL1CacheSupported)                                    \
    A(81, MaxSharedMemoryPerMultiprocessor, p.sharedMemPerMultiprocessor)                    \
    A(82, MaxRegistersPerMultiprocessor, p.regsPerMultiprocessor)                            \
    A(83, ManagedMemory, p.managedMemory)                                                    \
    A(84, IsMultiGpuBoard, p.isMultiGpuBoard)                                                \
    A(85, MultiGpuBoardGroupID, p.multiGpuBoardGroupID)                                      \
    A(86, HostNativeAtomicSupported, p.hostNativeAtomicSupported)                            \
    A(87, SingleToDoublePrecisionPerfRatio, p.singleToDoublePrecisionPerfRatio)              \
    A(88, PageableMemoryAccess, p.pageableMemoryAccess)                                      \
    A(89, ConcurrentManagedAccess, p.concurrentManagedAccess)                                \
    A(90, ComputePreemptionSupported, p.computePreemptionSupported)                          \
    A(91, CanUseHostPointerForRegisteredMem, p.canUseHostPointerForRegisteredMem)            \
    A(95, CooperativeLaunch, p.cooperativeLaunch)                                            \
    A(96, CooperativeMultiDeviceLaunch, p.cooperativeMultiDeviceLaunch)                      \
    A(97, MaxSharedMemoryPerBlockOptin, p.sharedMemPerBlockOptin)                            \
    A(98, CanFlushRemoteWrites, 0)                                                           \
    A(99, HostRegisterSupported, p.hostRegisterSupported)                                    \
    A(100, PageableMemoryAccessUsesHostPageTables, p.pageableMemoryAccessUsesHostPageTables) \
    A(101, DirectManagedMemAccessFromHost, p.directManagedMemAccessFromHost)                 \
    A(106, MaxBlocksPerMultiprocessor, p.maxBlocksPerMultiProcessor)                         \
    A(108, MaxPersistingL2CacheSize, p.persistingL2CacheMaxSize)                             \
    A(109, MaxAccessPolicyWindowSize, p.accessPolicyMaxWindowSize)                           \
    A(111, ReservedSharedMemoryPerBlock, p.reservedSharedMemPerBlock)                        \
    A(112, SparseCudaArraySupported, p.sparseCudaArraySupported)                             \
    A(113, HostRegisterReadOnlySupported, p.hostRegisterReadOnlySupported)                   \
    A(114, TimelineSemaphoreInteropSupported, p.timelineSemaphoreInteropSupported)           \
    A(115, MemoryPoolsSupported, p.memoryPoolsSupported)                                     \
    A(116, GPUDirectRDMASupported, p.gpuDirectRDMASupported)                                 \
    A(117, GPUDirectRDMAFlushWritesOptions, p.gpuDirectRDMAFlushWritesOptions)               \
    A(118, GPUDirectRDMAWritesOrdering, p.gpuDirectRDMAWritesOrdering)                       \
    A(119, MemoryPoolSupportedHandleTypes, p.memoryPoolSupportedHandleTypes)                 \
    A(120, ClusterLaunch, p.clusterLaunch)                                                   \
    A(121, DeferredMappingCudaArraySupported, p.deferredMappingCudaArraySupported)           \
    A(125, IpcEventSupport, p.ipcEventSupported)                                             \
    A(126, MemSyncDomainCount, 1)                                                            \
    A(130, NumaConfig, p.deviceNumaConfig)                                                   \
    A(131, NumaId, p.deviceNumaId)                                                           \
    A(133, MpsEnabled, p.mpsEnabled)                                                         \
    A(134, HostNumaId, p.hostNumaId)                                                         \
    A(135, D3D12CigSupported, 0)                                                             \
    A(138, VulkanCigSupported, 0)                                                            \
    A(139, GpuPciDeviceId, p.gpuPciDeviceID)                                                 \
    A(140, GpuPciSubsystemId, p.gpuPciSubsystemID)                                           \
    A(142, HostNumaMemoryPoolsSupported, 0)                                                  \
    A(143, HostNumaMultinodeIpcSupported, p.hostNumaMultinodeIpcSupported)                   \
    A(144, HostMemoryPoolsSupported, 0)                                                      \
    A(147, OnlyPartialHostNativeAtomicSupported, 0)

#define EMU_ENUMERATOR(number, name, value) cudaDevAttr##name = number,
typedef enum cudaDeviceAttr { EMU_ATTRIBUTES(EMU_ENUMERATOR) cudaDevAttrMax = 148 } cudaDeviceAttr;
#undef EMU_ENUMERATOR

#endif
