# Several places that nobody listed: the name starts with "eu", and proves nothing.
resource "ibm_cos_bucket" "records" {
  bucket_name           = "records"
  cross_region_location = "eu" # expect-undetermined: residency/outside-area
  storage_class         = "standard"
  resource_instance_id  = "crn:v1:bluemix:public:cloud-object-storage:global:a/1:2::"
}
