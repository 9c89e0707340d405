package import Model
package import PhoneNumbers

extension Settings {
    /// Reads the numbers in the settings as the tenant's region has them.
    package mutating func readNumbers(_ numbers: NumberReader) {
        blockedNumbers = Set(blockedNumbers.map { numbers.read($0).e164 ?? $0 })
    }
}
