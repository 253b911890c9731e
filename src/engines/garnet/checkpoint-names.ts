// What skyfly calls a checkpoint of Garnet, which is a pair of folders: `checkpoint GUID` or `unfinished
// checkpoint GUID`.

export const isCheckpointName = (name: string): boolean => /^checkpoint [\w-]+$/.test(name)
export const isUnfinishedCheckpointName = (name: string): boolean => name.startsWith('unfinished checkpoint ')
