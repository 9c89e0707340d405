public import Runtime
import Tenants

extension ConfigurationSchema {
    /// Everything `call-sync` can be told; `call-sync config keys` lists it.
    public static let callSync = common.adding(WorkerKeys.all + WebhookKeys.all, lists: [TenantKeys.list])
}
