import FoundationEssentials

extension Sequence<UInt8> {
    /// Base64 as it may stand in addresses, headers and cookies: `-` and `_` in place of `+` and `/`, without padding (RFC 4648, section 5).
    public var base64URL: String {
        Data(self).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
