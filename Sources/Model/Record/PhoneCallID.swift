public import FoundationEssentials

/// Ids that are made, never drawn: whoever makes them again gets the same ones, so a repeated write can't write twice.
public enum PhoneCallID {
    /// Of everything that Trunkline makes ids for.
    private static let namespace = UUID(uuidString: "6f1a3a52-6d0c-5f37-9d1e-2f6b1c0a7e41")!

    /// The `activityid` of the phone call in Dynamics for a call of a tenant.
    public static func activity(tenant: String, call: UUID) -> UUID {
        UUID.version5(namespace: namespace, name: "\(tenant)/call/\(call.lowercase)".utf8)
    }

    /// The id under which a call is kept that came without one: made from what it says.
    public static func withoutID(tenant: String, legs: [CallLeg]) -> UUID {
        UUID.version5(namespace: namespace, name: Array("\(tenant)/no-id/".utf8) + CallLeg.canonical(legs))
    }

    static func make(_ name: String) -> UUID { make(Array(name.utf8)) }
    static func make(_ name: [UInt8]) -> UUID { UUID.version5(namespace: namespace, name: name) }
}
