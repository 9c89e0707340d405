/// Two self-signed certificates for localhost, good for a hundred years, and their keys. They guard nothing.
public enum TestCertificates {
    public static let first = """
        -----BEGIN CERTIFICATE-----
        MIIBnTCCAUOgAwIBAgIULgsCss6YfPqfuAiGTRV0KiA+XsUwCgYIKoZIzj0EAwIw
        FTETMBEGA1UEAwwKcm91dGVyLW9uZTAgFw0yNjExMjIxNTM5MjRaGA8yMTI2MTAy
        OTE1MzkyNFowFTETMBEGA1UEAwwKcm91dGVyLW9uZTBZMBMGByqGSM49AgEGCCqG
        SM49AwEHA0IABJAx/fWyGf+8Uqi+eSsGuRdLPOKAXjoR25yU9TscTOZtymmC0mqe
        nDWDSC+vcORzMuYmtP3dQJo4QViWl5ayrB+jbzBtMB0GA1UdDgQWBBSyVfhkzHtZ
        A32r2ech+KPHQMhbLDAfBgNVHSMEGDAWgBSyVfhkzHtZA32r2ech+KPHQMhbLDAP
        BgNVHRMBAf8EBTADAQH/MBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAKBggq
        hkjOPQQDAgNIADBFAiB4QoJj73naUalZXLrKUuSHEq4auOUEndxI7Es8LMT7vQIh
        AJAnDfKh64yRR9GVpJegAB9sYkgetADJZcbt4xUieX/3
        -----END CERTIFICATE-----
        """
    public static let firstKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9PEdkWuJviwCAf3U
        +rKJDYg2mN3Y7R9Qj+l0abyd2m6hRANCAASQMf31shn/vFKovnkrBrkXSzzigF46
        EduclPU7HEzmbcppgtJqnpw1g0gvr3DkczLmJrT93UCaOEFYlpeWsqwf
        -----END PRIVATE KEY-----
        """
    public static let second = """
        -----BEGIN CERTIFICATE-----
        MIIBnDCCAUOgAwIBAgIUChR1M/GcJwBIG3N9YfoPugQOVAIwCgYIKoZIzj0EAwIw
        FTETMBEGA1UEAwwKcm91dGVyLXR3bzAgFw0yNjExMjIxNTM5MjRaGA8yMTI2MTAy
        OTE1MzkyNFowFTETMBEGA1UEAwwKcm91dGVyLXR3bzBZMBMGByqGSM49AgEGCCqG
        SM49AwEHA0IABG9Z/L4UQaaeh2PZrW/y1D4FYkW/+Rj9Gli6ISSFxeVyJr7b9rMk
        RvJra4PeJp4NmAdt2eBOsJxSuUj9JqYuDDyjbzBtMB0GA1UdDgQWBBRvObPR0AV1
        yIs9VXOqMrnYkj7pNjAfBgNVHSMEGDAWgBRvObPR0AV1yIs9VXOqMrnYkj7pNjAP
        BgNVHRMBAf8EBTADAQH/MBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAKBggq
        hkjOPQQDAgNHADBEAiBXSfZvEoHcgDlXrRSIiHHL8X6ZU9DSYKqvJSA/O7gc2QIg
        WfaIWWVF89AT5YC6ziYwOPFcQ5fEssKMbcLuShiknPA=
        -----END CERTIFICATE-----
        """
    public static let secondKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg4Td6WACYMNDIGUsK
        k8RvxYP6yVIJ53/L7QM8anhGBiOhRANCAARvWfy+FEGmnodj2a1v8tQ+BWJFv/kY
        /RpYuiEkhcXlcia+2/azJEbya2uD3iaeDZgHbdngTrCcUrlI/SamLgw8
        -----END PRIVATE KEY-----
        """
}
