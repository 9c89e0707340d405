public import Runtime
import Tenants

/// The settings of `callback-sync` beyond those every program has; `callback-sync config keys` lists them.
public enum CallbackSyncKeys {
    static let odataKey = ConfigurationKey(
        "odata.key", .secret,
        "What the keys are made from that each tenant's Dynamics shows in X-Api-Key when it reads the callback lists. Without it the lists are not served."
    )
    static let odataFresh = ConfigurationKey(
        "odata.fresh", .duration(.seconds(1)...(.seconds(3600))), default: "15s",
        "How long callback lists are answered from memory before Enreach is asked again.")
    static let odataStale = ConfigurationKey(
        "odata.stale", .duration(.seconds(1)...(.seconds(7 * 86_400))), default: "24h",
        "How long the last lists are answered while Enreach can't be asked.")
}

extension ConfigurationSchema {
    /// Everything `callback-sync` can be told.
    public static let callbackSync = common.adding(
        [
            CallbackSyncKeys.odataKey, CallbackSyncKeys.odataFresh, CallbackSyncKeys.odataStale,
        ] + WorkerKeys.all + WebhookKeys.all,
        lists: [TenantKeys.list])
}
