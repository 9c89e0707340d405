package import Model
package import PhoneNumbers
package import Privacy

/// A tenant as it is at one moment: what is set, who is there, and how its vendors are reached.
package struct TenantSituation: Sendable {
    package let id: Int32
    package let name: String
    package let isEnabled: Bool
    package let region: String?
    package let settings: Settings
    package let people: People
    /// False until users were read from both vendors for the first time: owners can't be told before.
    package let peopleAreKnown: Bool
    /// Numbers that must not come back.
    package let erasures: TenantErasures
    /// Nil: this instance has no configuration for the tenant.
    package let connection: TenantConnection?

    package var erased: ErasedNumbers { erasures.numbers }

    /// Reads numbers as the tenant's region has them.
    package var numbers: NumberReader { NumberReader(region: region) }
}
