public import Runtime
import Tenants

extension ConfigurationSchema {
    /// Everything `user-sync` can be told.
    public static let userSync = common.adding(WorkerKeys.all, lists: [TenantKeys.list])
}
